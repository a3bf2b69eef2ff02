import { randomUUID } from "node:crypto";

/** Makes ids of events and movements; the simulation puts its own in. */
export type NewId = () => string;

/** Random UUIDs. */
export const newId: NewId = () => randomUUID();
