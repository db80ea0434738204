/** Could the store take an append, and how large is it? */
export abstract class StoreHealth {
  /** Never rejects; answers within about two seconds. */
  abstract isUp(): Promise<boolean>;
  /** What its database takes on disk, with every index. @throws where it cannot be reached. */
  abstract sizeBytes(): Promise<number>;
}

/** The same of the store of access entries. */
export abstract class AccessStoreHealth extends StoreHealth {}
