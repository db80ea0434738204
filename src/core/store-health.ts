/** Can the store be reached? */
export abstract class StoreHealth {
  /** Never rejects; answers within about two seconds. */
  abstract isUp(): Promise<boolean>;
}

/** The same of the store of access entries. */
export abstract class AccessStoreHealth extends StoreHealth {}
