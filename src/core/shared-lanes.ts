import { Lanes, ProjectLanes } from './lanes.js';

const UNBOUNDED = { maxWaiting: Infinity, patienceMs: Infinity };

/**
 * Lanes that projects share. One project runs in at most half of them, and no more of its work waits among that of the others:
 * however much it brings, another's next piece is the next but a few.
 */
export class SharedLanes {
  private readonly all: Lanes;
  private readonly own: ProjectLanes;

  constructor(lanes: number) {
    this.all = new Lanes(lanes);
    this.own = new ProjectLanes(Math.ceil(lanes / 2), UNBOUNDED);
  }

  run<Result>(projectId: number, work: () => Promise<Result>): Promise<Result> {
    return this.own.run(projectId, () => this.all.run(work));
  }
}
