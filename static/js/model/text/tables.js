/** Tables: a line of cells, a line of dashes, and more lines of cells. */

/** @typedef {"start" | "center" | "end" | null} Alignment */
/** A range of a line. `mark` is the stroke and the spaces before the cell. @typedef {{mark: string, from: number, to: number}} CellRange */

/** A table with more columns stays as it was written. */
export const MAX_COLUMNS = 20;

const DASHES = /^\|[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*(?:\|[ \t]*)?$/;

/**
 * The alignments of the columns, if a line is the one below the heads of a table.
 * @param {string | undefined} line
 * @returns {Alignment[] | null}
 */
export function alignmentsIn(line = "") {
	if (!line.startsWith("|") || !DASHES.test(line)) return null;
	const cells = line
		.replace(/^\|/, "")
		.replace(/\|?[ \t]*$/, "")
		.split("|");
	return cells.map((cell) => {
		const [left, right] = [cell.trim().startsWith(":"), cell.trim().endsWith(":")];
		return left && right ? "center" : right ? "end" : left ? "start" : null;
	});
}

/**
 * The cells of a line. A stroke in code, after a backslash or next to another one separates nothing.
 * @param {string} line begins with a stroke
 * @param {(at: number) => number} skip the end of the code that begins at a place; that place if none does
 * @returns {{cells: CellRange[], end: string}} `end` is what follows the last cell
 */
export function cellsOf(line, skip) {
	/** @type {number[]} */
	const strokes = [];
	for (let at = 0; at < line.length; at += 1) {
		at = skip(at);
		if (line[at] === "\\") at += 1;
		else if (line[at] === "|" && line[at + 1] === "|") while (line[at + 1] === "|") at += 1;
		else if (line[at] === "|") strokes.push(at);
	}
	/** @type {CellRange[]} */
	const cells = [];
	strokes.forEach((stroke, index) => {
		const limit = strokes[index + 1] ?? line.length;
		const inside = line.slice(stroke + 1, limit);
		if (index === strokes.length - 1 && inside.trim() === "") return;
		const from = stroke + 1 + (inside.length - inside.trimStart().length);
		const to = Math.max(from, stroke + 1 + inside.trimEnd().length);
		cells.push({ mark: line.slice(cells.at(-1)?.to ?? 0, from), from, to });
	});
	return { cells, end: line.slice(cells.at(-1)?.to ?? 0) };
}
