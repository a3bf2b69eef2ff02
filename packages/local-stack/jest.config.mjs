import base from "../../jest.base.mjs";

/** Starting real databases on a busy machine takes its time. */
export default { ...base, testTimeout: 60_000 };
