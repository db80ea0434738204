import { Readable } from 'node:stream';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import type { Gauge } from 'prom-client';
import { CONFIG } from '../../config/config.module.js';
import { queryShare } from '../../config/query-share.js';
import type { Config } from '../../config/settings.js';
import { PageRows } from '../../core/json/bounded-list.js';
import { EventReader, type EventPosition, type Page } from '../../core/ports/event-reader.js';
import { FairSemaphore, RequestQuota } from '../../core/semaphore.js';
import { EXPORT_FORMATS, type ExportFormat } from './export-formats.js';
import { exportRequest, type ExportQuery, type ExportRequest } from './export.dto.js';

const MAX_ROWS = 1000;
/** Of text in one page: an export holds about three of these, however long it is. */
const PAGE_BYTES = 512 * 1024;
const SHARE_OF_QUERIES = 0.5;

interface PageOf extends ExportRequest {
  projectId: number;
  after?: EventPosition;
}

/** Events as a file, of any length: read page by page as fast as the client takes them, a connection for the time of a page. */
@Injectable()
export class ExportService {
  private readonly logger = new Logger(ExportService.name);
  private readonly slots: RequestQuota;
  private readonly reads: FairSemaphore;
  /** How long a client may take for a page. */
  readonly stallMs: number;

  constructor(
    private readonly events: EventReader,
    @Inject(CONFIG) config: Config,
    @InjectMetric('running_exports') running: Gauge,
  ) {
    this.slots = new RequestQuota(config.maxExports, { name: 'exports', setting: 'MAX_EXPORTS' });
    // A page of large events keeps the database and this process busy: of one project they are read one by one.
    this.reads = new FairSemaphore(queryShare(config, SHARE_OF_QUERIES), 1);
    this.stallMs = config.streamStallS * 1000;
    // what prom-client calls at each scrape
    Object.assign(running, { collect: () => running.set(this.slots.used) });
  }

  /**
   * Resolves with the text once its first page is there; whatever fails later is an `error` of the stream. `release` is to be
   * called when the answer has left: what waits to be sent, after the text was read to its end, still has its place.
   * @throws SightlineError of a query that is not valid; `overloaded`, `timeout`, `storage_unavailable`
   */
  async open(projectId: number, query: ExportQuery): Promise<{ stream: Readable; release: () => void }> {
    const request = { projectId, ...exportRequest(query) };
    const release = this.slots.take(projectId);
    try {
      const rows = new PageRows(MAX_ROWS, PAGE_BYTES);
      const first = await this.read(request, rows);
      const texts = this.texts(request, EXPORT_FORMATS[query.format ?? 'ndjson'], rows, first);
      return { stream: Readable.from(texts, { objectMode: false }), release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Notes that a client was too slow. */
  cutShort(): void {
    this.logger.warn(
      `an export was cut short: its client did not take ${PAGE_BYTES / 1024} KiB in ${this.stallMs / 1000} s`,
    );
  }

  private async *texts(
    request: PageOf,
    format: ExportFormat,
    rows: PageRows,
    first: Page,
  ): AsyncGenerator<Buffer> {
    for (let page = first; ;) {
      const bytes = format.bytes(page.events, page === first);
      rows.saw(page.events.length, bytes.length);
      // An empty chunk would end the stream.
      if (bytes.length > 0) yield bytes;
      if (page.next === null) return;
      page = await this.read({ ...request, after: page.next }, rows);
    }
  }

  private async read({ projectId, filter, order, after }: PageOf, { rows }: PageRows): Promise<Page> {
    try {
      return await this.reads.run(
        () =>
          this.events.page(projectId, filter, {
            ...order,
            pageSize: rows,
            offset: 0,
            after,
            maxBytes: PAGE_BYTES,
          }),
        projectId,
      );
    } catch (error) {
      if (after !== undefined) this.logger.warn(`an export was cut short: ${(error as Error).message}`);
      throw error;
    }
  }
}
