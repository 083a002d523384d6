/** For a Node that takes `tests/js` as a module instead of a folder to search (22 and later). */

import { readdirSync } from "node:fs";

const files = readdirSync(new URL(".", import.meta.url)).filter((file) => file.endsWith(".test.js"));
for (const file of files) await import(new URL(file, import.meta.url).href);
