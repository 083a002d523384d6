/** The colour theme: the user's choice, else that of the system. */
export class ThemeView {
	#document;
	#preferences;

	/** @param {Document} page @param {import("../../model/session/preferences.js").Preferences} preferences */
	constructor(page, preferences) {
		this.#document = page;
		this.#preferences = preferences;
		preferences.on("change", () => this.#render());
		this.#render();
	}

	#render() {
		const { theme } = this.#preferences;
		const { documentElement: root } = this.#document;
		if (theme) root.dataset.theme = theme;
		else delete root.dataset.theme;
		// The colour of the frame that the browser draws around the page. `data-light` keeps the original media query.
		for (const meta of this.#document.querySelectorAll('meta[name="theme-color"]')) {
			const original = meta.getAttribute("data-light") ?? meta.getAttribute("media") ?? "";
			meta.setAttribute("data-light", original);
			meta.setAttribute("media", theme ? (original.includes(theme) ? "all" : "not all") : original);
		}
	}
}
