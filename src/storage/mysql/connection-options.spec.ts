import { describe, expect, it } from 'vitest';
import { connectionOptions } from './connection-options.js';

describe('connectionOptions', () => {
  it('takes a URL apart', () => {
    expect(connectionOptions('mysql://us%40er:p%2Fw@db.example:3307/my_logs')).toMatchObject({
      host: 'db.example',
      port: 3307,
      user: 'us@er',
      password: 'p/w',
      database: 'my_logs',
    });
    expect(connectionOptions('mariadb://root@[::1]/logs')).toMatchObject({
      host: '::1',
      port: 3306,
      user: 'root',
    });
    const local = connectionOptions('mysql://root@localhost/logs?socket=/run/mysqld/mysqld.sock');
    expect(local).toMatchObject({ socketPath: '/run/mysqld/mysqld.sock' });
    expect(local).not.toHaveProperty('host');
  });

  it('speaks TLS where it is told to', () => {
    const sslOf = (parameters: string) => connectionOptions(`mysql://u@h/d${parameters}`).ssl;
    expect(sslOf('')).toBeUndefined();
    expect(sslOf('?ssl-mode=DISABLED')).toBeUndefined();
    expect(sslOf('?ssl-mode=required')).toEqual({ rejectUnauthorized: false, verifyIdentity: false });
    expect(sslOf('?ssl-mode=VERIFY_IDENTITY&ssl-ca=package.json')).toMatchObject({
      rejectUnauthorized: true,
      verifyIdentity: true,
      ca: expect.stringContaining('sightline') as unknown,
    });
  });

  it('says what is wrong, and quotes no password', () => {
    const refusals = {
      'mysql://u:secret@h': 'must name a database',
      'mysql://u:secret@h/': 'must name a database',
      'mysql://u:secret@h/d?ssl-mode=maybe': 'ssl-mode must be',
      'mysql://u:secret@h/d?multipleStatements=true': 'its parameters are',
    };
    for (const [url, problem] of Object.entries(refusals)) {
      const refused = () => connectionOptions(url);
      expect(refused).toThrow(problem);
      expect(refused).not.toThrow('secret');
    }
  });
});
