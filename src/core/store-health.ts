/** Can the store be reached? */
export abstract class StoreHealth {
  /** Never rejects; answers within about two seconds. */
  abstract isUp(): Promise<boolean>;
}
