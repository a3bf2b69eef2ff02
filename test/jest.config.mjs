import base from "../jest.base.mjs";

/** A file starts a whole platform; one after the other, and with time for a machine that has other things to do. */
export default { ...base, testTimeout: 600_000, maxWorkers: 1 };
