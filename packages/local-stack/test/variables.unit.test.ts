import { describe, expect, test } from "@jest/globals";
import { databaseVariable, defaultHome, defaultPortBase, externalFrom, repositoryFolder } from "../src/index.js";

describe("what the environment says", () => {
  test("the ports start at 7100 unless SEPTET_PORT_BASE says otherwise, and nonsense is named", () => {
    expect(defaultPortBase({})).toBe(7100);
    expect(defaultPortBase({ SEPTET_PORT_BASE: "9000" })).toBe(9000);
    for (const wrong of ["80", "7100.5", "many", "65001"])
      expect(() => defaultPortBase({ SEPTET_PORT_BASE: wrong })).toThrow(`SEPTET_PORT_BASE is "${wrong}"`);
  });

  test("the data lives in .local of the repository unless SEPTET_HOME says otherwise", () => {
    expect(defaultHome({})).toBe(`${repositoryFolder}/.local`);
    expect(defaultHome({ SEPTET_HOME: "/elsewhere" })).toBe("/elsewhere");
  });

  test("existing databases, brokers and registry are taken from their variables; empty ones count as not set", () => {
    expect(databaseVariable("order-reservation")).toBe("DATABASE_URL_ORDER_RESERVATION");
    const env = {
      DATABASE_URL_ORDER_RESERVATION: "postgres://a/b",
      DATABASE_URL_LEDGER: "",
      KAFKA_BROKERS: "kafka:9092",
      KAFKA_TLS: "true",
      SCHEMA_REGISTRY_URL: "",
    };
    expect(externalFrom(env)).toEqual({
      databaseUrls: { "order-reservation": "postgres://a/b" },
      kafkaBrokers: "kafka:9092",
      kafkaSecurity: { KAFKA_TLS: "true" },
    });
  });
});
