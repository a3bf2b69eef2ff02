import { expect, test } from "@jest/globals";
import { askedLanguage } from "../src/http/language.js";

const asked = (accept?: string) =>
  askedLanguage({ headers: accept === undefined ? {} : { "accept-language": accept } });

test("a caller is answered in the language that it likes best among those that we speak", () => {
  expect(asked("zh-CN,zh;q=0.9,en;q=0.8")).toBe("zh");
  expect(asked("fr, en-GB;q=0.5, zh;q=0.9")).toBe("zh");
  expect(asked("en, zh")).toBe("en");
});

test("a caller that names no language of ours is answered in the order's", () => {
  expect([asked(), asked(""), asked("*"), asked("fr"), asked("zh;q=0"), asked("en;q=nonsense")]).toEqual(
    Array(6).fill(null),
  );
});
