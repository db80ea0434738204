import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface BrowserAnswer {
  status: number;
  headers: IncomingMessage['headers'];
  /* eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test looks into answers of any shape */
  body: any;
}

export interface BrowserRequest {
  method?: string;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
}

/** A request as a browser sends it: with the headers that fetch would not let a caller set, on a connection of its own. */
export function browse(
  url: string,
  { method = 'GET', headers = {}, body }: BrowserRequest = {},
): Promise<BrowserAnswer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const type = text === undefined ? {} : { 'content-type': 'application/json' };
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const options = { method, agent: false, rejectUnauthorized: false, headers: { ...type, ...headers } };
    send(url, options, (answer) => {
      let received = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: parsed(received) });
      });
    })
      .on('error', reject)
      .end(text);
  });
}

/** The headers of a request of the server's own page, with the cookie of a log-in. @throws where that is refused */
export async function logIn(url: string, key: string): Promise<{ cookie: string; origin: string }> {
  const { status, headers } = await browse(`${url}/api/v1/session`, { method: 'POST', body: { key } });
  if (status !== 201) throw new Error(`the log-in was answered with ${status}`);
  return { cookie: cookieOf(headers), origin: url };
}

/** `NAME=VALUE` of the one cookie that is set. */
export function cookieOf(headers: IncomingMessage['headers']): string {
  const [cookie, ...others] = headers['set-cookie'] ?? [];
  if (cookie === undefined || others.length > 0) throw new Error('not one cookie');
  return cookie.split(';', 1)[0];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
