/** A time column as epoch ms. */
export const ms = (column: string, alias: string): string =>
  `round(extract(epoch FROM ${column}) * 1000)::float8 AS ${alias}`;

/** Epoch ms as a time; null stays null. */
export const time = (value: string): string => `to_timestamp(${value} / 1000.0)`;
