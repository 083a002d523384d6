/** Icons of one path each, in a view box of 24 by 24. */

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
	send: "M5 12 4 4.5l16 7.5-16 7.5L5 12Zm0 0h7",
	more: "M6 12h.01M12 12h.01M18 12h.01",
	keyboard: "M3 6.5h18v11H3v-11Zm3.5 3.5h.01M10 10h.01M13.5 10h.01M17 10h.01M7.5 14h9",
	people:
		"M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Zm-6.5 9a6.5 6.5 0 0 1 13 0M16 4.3a3.5 3.5 0 0 1 0 6.4M18 14.5a6.5 6.5 0 0 1 3.5 5.5",
	list: "M4 6.5h16M4 12h16M4 17.5h10",
	search: "M10.5 17.5a7 7 0 1 0 0-14 7 7 0 0 0 0 14Zm5-2 5.5 5.5",
	channel: "M9.5 4 7.5 20m9-16-2 16M4.5 9h16m-17 6h16",
	pin: "M12 15.5V21M7 15.5h10l-2-3.5V5h1.5V3.5h-9V5H9v7l-2 3.5Z",
	bell: "M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 2h-15l1.5-2Zm4 2.5a2 2 0 0 0 4 0",
	bellOff: "M4 4l16 16M8 6.6A6 6 0 0 1 18 11v3m0 4.5H4.5l1.5-2V11c0-.7.1-1.4.3-2M10 19a2 2 0 0 0 4 0",
	at: "M15.5 12a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0Zm0-3.5V13a2.5 2.5 0 0 0 5 0v-1a8.5 8.5 0 1 0-3.4 6.8",
	plus: "M12 5v14M5 12h14",
	back: "M19 12H5m6-6-6 6 6 6",
	close: "M6 6l12 12M18 6 6 18",
	down: "M12 5v14m-6-6 6 6 6-6",
	up: "M12 19V5m-6 6 6-6 6 6",
	clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Zm0-14v5l3 2",
	warning: "M12 4 2.8 20h18.4L12 4Zm0 6v4.5m0 2.8v.1",
	pencil: "M4 20l1-4.5L16.5 4 20 7.5 8.5 19 4 20Z",
	bin: "M5 7h14M10 7V4.5h4V7m-7.5 0 1 13h9l1-13M10.5 11v5m3-5v5",
	leave: "M14 4h5v16h-5M4 12h11m-4-4 4 4-4 4",
	again: "M19.5 12a7.5 7.5 0 1 1-2.2-5.3L20 9.4M20 4v5.4h-5.4",
	smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM8.5 14.5a4.5 4.5 0 0 0 7 0M9 9.8v.1m6-.1v.1",
	reply: "M10 6 4 12l6 6M4 12h9a7 7 0 0 1 7 6",
	link: "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1",
	play: "M8 5v14l11-7L8 5Z",
	pause: "M9 5v14m6-14v14",
	file: "M6 3h8l5 5v13H6V3Zm8 0v5h5",
	clip: "M8 12.5 14.5 6a3 3 0 0 1 4.2 4.2L10 19a5 5 0 0 1-7-7l8.5-8.5",
	download: "M12 4v11m-5-5 5 5 5-5M5 20h14",
	forward: "M9 5l7 7-7 7",
	copy: "M9 9h11v11H9V9ZM5 15H4V4h11v1",
	check: "M5 12.5 10 17.5 19.5 7",
	eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Zm9.5 3a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z",
	hint: "M4 5h16v11h-9l-4.5 3.5V16H4V5Zm4 5.5h.01M12 10.5h.01M16 10.5h.01",
	hidden:
		"M4 4l16 16M9.5 5.8A9 9 0 0 1 12 5.5c6 0 9.5 6.5 9.5 6.5a17 17 0 0 1-2.7 3.4M6 7.6A16.5 16.5 0 0 0 2.5 12S6 18.5 12 18.5a9 9 0 0 0 4-1M10 10a3 3 0 0 0 4 4",
	write: "M4 5h16v11H9l-5 4V5Zm4 4h8m-8 3h5",
	mute: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5H4Zm12 0 4.5 5m0-5-4.5 5",
	speak: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5H4Zm12-1a5 5 0 0 1 0 7m2.5-9.5a8.5 8.5 0 0 1 0 12",
	ban: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM5.7 5.7l12.6 12.6",
	key: "M14.5 14a5 5 0 1 0-4.2-2.3L3.5 18.5V21H7v-2.5h2.5V16l1.8-1.8a5 5 0 0 0 3.2-.2ZM16 8h.01",
	settings:
		"M4 7h9m5 0h2M4 17h2m5 0h9M15.5 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Zm-7 10a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z",
	sun: "M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM12 2.5v2m0 15v2M2.5 12h2m15 0h2M5.3 5.3l1.4 1.4m10.6 10.6 1.4 1.4m0-13.4-1.4 1.4M6.7 17.3l-1.4 1.4",
	moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z",
	picture: "M4 5h16v14H4V5Zm0 11 5-5 4 4 2.5-2.5L20 17M15.5 9.5h.01",
	person: "M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5a7.5 7.5 0 0 1 15 0",
	computer: "M4 5h16v11H4V5ZM2.5 20h19",
	phone: "M7.5 3h9v18h-9V3Zm4.5 15h.01",
	program: "M4 5h16v14H4V5Zm3.5 4 3 3-3 3m5 0h4",
	offline:
		"M3 3l18 18M8.5 15.5a5 5 0 0 1 6.2-.6M5 12a10 10 0 0 1 4-2.4m4.5-.2A10 10 0 0 1 19 12M2 8.5a14.6 14.6 0 0 1 4-2.6M10 4.6A14.7 14.7 0 0 1 22 8.5M12 19h.01",
};

/** @typedef {keyof typeof PATHS} IconName */

/** @param {IconName} name @returns {SVGElement} */
export function icon(name) {
	const svg = document.createElementNS(SVG, "svg");
	svg.setAttribute("class", `icon icon-${name}`);
	svg.setAttribute("viewBox", "0 0 24 24");
	svg.setAttribute("aria-hidden", "true");
	const path = document.createElementNS(SVG, "path");
	path.setAttribute("d", PATHS[name]);
	svg.append(path);
	return svg;
}

/** The logo: a speech bubble with a bell in it. @returns {SVGElement} */
export function logo() {
	const svg = document.createElementNS(SVG, "svg");
	svg.setAttribute("class", "logo");
	svg.setAttribute("viewBox", "0 0 64 64");
	svg.setAttribute("aria-hidden", "true");
	const parts = [
		[
			"logo-bubble",
			"M29 11c13.2 0 22.5 8.5 22.5 19.5S42.2 50 29 50c-3 0-5.9-.4-8.5-1.2L9 54l3.6-10.2C8.7 40.3 6.5 35.7 6.5 30.5 6.5 19.5 15.8 11 29 11Z",
		],
		["logo-bell", "M22.5 30.5a6.5 6.5 0 1 0 13 0 6.5 6.5 0 1 0-13 0Z"],
		["logo-ring", "M38.5 21a13.5 13.5 0 0 1 0 19"],
		["logo-wave", "M50 7.5a27 27 0 0 1 8.5 11"],
	];
	for (const [name, d] of parts) {
		const path = document.createElementNS(SVG, "path");
		path.setAttribute("class", String(name));
		path.setAttribute("d", String(d));
		svg.append(path);
	}
	return svg;
}
