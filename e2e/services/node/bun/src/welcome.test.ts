import { expect, test } from "bun:test";
import { welcome } from "./welcome";

test("welcome", () => expect(welcome("me")).toBe("a paste by me"));
