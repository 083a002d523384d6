const HIGHLIGHT_MS = 2_000;

/** Show somebody the line they wanted to see. @param {HTMLElement} line */
export function highlight(line) {
	line.scrollIntoView({ block: "center" });
	line.classList.add("highlight");
	setTimeout(() => line.classList.remove("highlight"), HIGHLIGHT_MS);
}
