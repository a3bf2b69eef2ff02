import { z } from "zod";
import { networksOf } from "./pulling/allowed-addresses.js";

/** Where connectors may reach beside the open internet. */
export const PULL_VARIABLES = {
  PULL_ALLOWED_NETWORKS: z
    .string()
    .default("")
    .transform((list, context) => {
      try {
        return networksOf(list);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        context.addIssue({ code: "custom", message: error.message });
        return z.NEVER;
      }
    })
    .describe("closed networks that connectors may reach, such as 10.20.0.0/16,fd00::/8; none by default"),
};
