/** What the work was planned on is no longer so (other SKUs, a row created meanwhile): again, with a fresh plan. */
export class StartOver extends Error {
  constructor(reason = "the plan no longer fits") {
    super(reason);
    this.name = "StartOver";
  }
}
