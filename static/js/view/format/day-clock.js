import { midnight } from "./dates.js";

/** A computer that slept does not fire its timers in time: look at the clock at least this often. */
const MAX_WAIT_MS = 60_000;

/**
 * Calls back when the local day changes: at midnight, after a sleep, or because the user is in another time zone.
 * @param {() => void} onChange
 */
export function watchDay(onChange) {
	let day = midnight(Date.now());
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	let timer;
	const check = () => {
		clearTimeout(timer);
		const now = Date.now();
		const isOther = midnight(now) !== day;
		day = midnight(now);
		timer = setTimeout(check, Math.min(nextMidnight(now) - now, MAX_WAIT_MS));
		if (isOther) onChange();
	};
	document.addEventListener("visibilitychange", check);
	check();
}

/** A day may have 23 or 25 hours. @param {number} at */
const nextMidnight = (at) => new Date(at).setHours(24, 0, 0, 0);
