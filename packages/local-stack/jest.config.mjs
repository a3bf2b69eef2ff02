import base from "../../jest.base.mjs";

/** A test starts whole stacks, one after the other. */
export default { ...base, testTimeout: 600_000 };
