/** How many addresses there are, over all projects. */
export abstract class UniqueIpCount {
  abstract total(): number;
}
