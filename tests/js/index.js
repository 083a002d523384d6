/** For a Node that takes `tests/js` as a module instead of a folder to search (22 and later). */

import { readdirSync } from "node:fs";

const files = readdirSync(new URL(".", import.meta.url), { recursive: true, encoding: "utf8" });
for (const file of files) if (file.endsWith(".test.js")) await import(new URL(file, import.meta.url).href);
