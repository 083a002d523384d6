import { shortCount } from "../format/numbers.js";

/** @typedef {import("../../model/world.js").World} World */

/** The icon with a count on it, as a data URL. The bubble is that of `icons/ting.svg`. @param {string} count */
function iconWith(count) {
	const bubble =
		"M29 11c13.2 0 22.5 8.5 22.5 19.5S42.2 50 29 50c-3 0-5.9-.4-8.5-1.2L9 54l3.6-10.2C8.7 40.3 6.5 35.7 6.5 30.5 6.5 19.5 15.8 11 29 11Z";
	const size = count.length > 1 ? 27 : 34;
	const font = `font-family="sans-serif" font-weight="700" font-size="${size}"`;
	const svg = [
		'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">',
		`<path fill="#2a5fd0" d="${bubble}"/>`,
		'<circle cx="41" cy="41" r="22" fill="#ff9a2e" stroke="#fff" stroke-width="3"/>',
		`<text x="41" y="${41 + size * 0.35}" text-anchor="middle" ${font} fill="#22262e">${count}</text></svg>`,
	];
	return `data:image/svg+xml,${encodeURIComponent(svg.join(""))}`;
}

/** Shows the number of unseen notifications on the icons of the page and of the installed app. */
export class FaviconView {
	#world;
	#link;
	#plain;
	#shown = 0;

	/** @param {World} world @param {HTMLLinkElement} link the page's own icon */
	constructor(world, link) {
		this.#world = world;
		this.#link = link;
		this.#plain = link.href;
		world.conversationList.on("change", () => this.#render());
		world.pageFocus.on("change", () => this.#render());
	}

	#render() {
		const count = this.#world.pendingCount;
		if (count === this.#shown) return;
		this.#shown = count;
		const label = count > 9 ? "9+" : shortCount(count);
		this.#link.href = count > 0 ? iconWith(label) : this.#plain;
		// Only an installed app has a badge; for a page in a tab the promise is rejected.
		const badge = count > 0 ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.();
		badge?.catch(() => {});
	}
}
