/** What tests read without describing it first: bodies of answers, rows of queries. */
// biome-ignore lint/suspicious/noExplicitAny: a test that expects a field fails by itself when it is not there
export type Loose = any;
