import pg from 'pg';

/**
 * A connection that hears of its own loss from its birth: an `error` that nobody listens for ends the process. pg-pool
 * listens only from when `connect()` has resolved until a connection is handed out, and the fatal message of a server that
 * goes down may stand in the packet that says ready: 41 of 400 terminated backends ended the server. Nothing is lost
 * by not looking at it here: every query that is waiting, or sent later, fails with it.
 */
export class Client extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
