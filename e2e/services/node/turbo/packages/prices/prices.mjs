import { mkdirSync, writeFileSync } from "node:fs";

mkdirSync("src", { recursive: true });
writeFileSync("src/list.ts", "export const prices: Record<string, number> = { tea: 3 };\n");
