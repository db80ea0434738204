import { normalizeIp } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';

/** Of the whole budget: what one client (a key from one address) and one project may hold. */
const SHARE_OF_CLIENT = 0.5;
const SHARE_OF_PROJECT = 0.75;

/** Whose bytes they are. */
interface Owner {
  client: string;
  projectId: number;
}

/**
 * Bytes that requests hold in memory. A client that stalls uses up its own share only; a request that exceeds its share, or
 * the whole budget, is to be refused.
 */
export class ByteBudget {
  private total = 0;
  private readonly ofClient = new Map<string, number>();
  private readonly ofProject = new Map<number, number>();

  constructor(private readonly maxBytes: number) {}

  /** For the bytes of one request: none yet. */
  hold({ caller, ip }: Pick<FastifyRequest, 'caller' | 'ip'>): Hold {
    return new Hold(this, {
      client: `${caller?.key?.id ?? ''}@${normalizeIp(ip)}`,
      projectId: caller?.projectId ?? 0,
    });
  }

  /** Always true where no other request holds anything: a large one could never be admitted otherwise. */
  fits({ client, projectId }: Owner, held: number, bytes: number): boolean {
    if (this.total === held) return true;
    return (
      this.total + bytes <= this.maxBytes &&
      (this.ofProject.get(projectId) ?? 0) + bytes <= this.maxBytes * SHARE_OF_PROJECT &&
      (this.ofClient.get(client) ?? 0) + bytes <= this.maxBytes * SHARE_OF_CLIENT
    );
  }

  /** Counts so many bytes in, or out where there are fewer than none. */
  add({ client, projectId }: Owner, bytes: number): void {
    this.total += bytes;
    count(this.ofClient, client, bytes);
    count(this.ofProject, projectId, bytes);
  }
}

function count<Key>(map: Map<Key, number>, key: Key, more: number): void {
  const bytes = (map.get(key) ?? 0) + more;
  if (bytes > 0) map.set(key, bytes);
  else map.delete(key);
}

/** The part of a budget that one request holds. */
export class Hold {
  private bytes = 0;
  private released = false;

  constructor(
    private readonly budget: ByteBudget,
    private readonly owner: Owner,
  ) {}

  /** False where these bytes do not fit, or the request has ended. */
  take(bytes: number): boolean {
    if (this.released || !this.budget.fits(this.owner, this.bytes, bytes)) return false;
    this.budget.add(this.owner, bytes);
    this.bytes += bytes;
    return true;
  }

  release(): void {
    this.released = true;
    if (this.bytes > 0) this.budget.add(this.owner, -this.bytes);
    this.bytes = 0;
  }
}
