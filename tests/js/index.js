/** Runs all tests in Node 22 and later, which takes `tests/js` as a module, not as a folder to search. */

import { readdirSync } from "node:fs";

const files = readdirSync(new URL(".", import.meta.url), { recursive: true, encoding: "utf8" });
for (const file of files) if (file.endsWith(".test.js")) await import(new URL(file, import.meta.url).href);
