const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Formats dates and times in a locale. */
export class Dates {
	#time;
	#full;
	#day;
	#dayOfYear;
	#moment;
	#relative;
	#short;

	/** @param {string} locale */
	constructor(locale) {
		this.#time = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
		this.#full = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "medium" });
		this.#day = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
		this.#dayOfYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" });
		this.#short = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });
		this.#moment = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
		this.#relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
	}

	/** @param {number} at */
	time(at) {
		return this.#time.format(at);
	}

	/** A date with its year. @param {number} at */
	date(at) {
		return this.#dayOfYear.format(at);
	}

	/** The time, with the date unless that is today. @param {number} at @param {number} [now] */
	moment(at, now = Date.now()) {
		return midnight(at) === midnight(now) ? this.time(at) : this.#moment.format(at);
	}

	/** @param {number} at */
	full(at) {
		return this.#full.format(at);
	}

	/** The time if that is today, else the date and the time. @param {number} at @param {number} [now] */
	when(at, now = Date.now()) {
		return midnight(at) === midnight(now) ? this.time(at) : `${this.#short.format(at)}, ${this.time(at)}`;
	}

	/** How long ago. @param {number} at @param {number} [now] */
	ago(at, now = Date.now()) {
		const ms = Math.max(now - at, 0);
		if (ms < MINUTE_MS) return this.#relative.format(0, "second");
		if (ms < HOUR_MS) return this.#relative.format(-Math.floor(ms / MINUTE_MS), "minute");
		if (ms < DAY_MS) return this.#relative.format(-Math.floor(ms / HOUR_MS), "hour");
		// "Yesterday" is a calendar day, not a number of hours.
		return this.#relative.format(-Math.max(1, daysBetween(at, now)), "day");
	}

	/** @param {number} at @param {number} [now] */
	day(at, now = Date.now()) {
		const days = daysBetween(at, now);
		if (days === 0 || days === 1) return capitalized(this.#relative.format(-days, "day"));
		const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
		return capitalized((sameYear ? this.#day : this.#dayOfYear).format(at));
	}
}

/** @param {number} at */
export const midnight = (at) => new Date(at).setHours(0, 0, 0, 0);

/**
 * How many midnights lie between; rounded, since a day may have 23 or 25 hours.
 * @param {number} from
 * @param {number} to
 */
const daysBetween = (from, to) => Math.round((midnight(to) - midnight(from)) / DAY_MS);

/** @param {string} text */
const capitalized = (text) => text.charAt(0).toLocaleUpperCase() + text.slice(1);
