import base from "../../jest.base.mjs";

// Tests wait for conditions with deadlines of their own; this one only ends what hangs.
export default { ...base, testTimeout: 90_000 };
