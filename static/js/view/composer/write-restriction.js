import { removalText } from "../format/removal-text.js";
import { element, setAttribute, setText } from "../ui/dom.js";
import { icon } from "../ui/icons.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/conversation/conversation.js").Conversation} Conversation */
/** @typedef {import("../../model/session/session.js").Session} Session */

const SECOND_MS = 1000;
const MINUTE_S = 60;

/** Shows why the user may not write here, and for how long. The composer is locked meanwhile. */
export class WriteRestrictionView {
	#session;
	#i18n;
	#onChange;
	/** @type {Conversation | null} */
	#conversation = null;
	#text = element("p", { dir: "auto" });
	#icon = element("span", { class: "standing-sign" });
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#timer;
	#unsubscribe = () => {};

	/**
	 * @param {Session} session
	 * @param {I18n} i18n
	 * @param {() => void} onChange called when the restriction may have changed
	 */
	constructor(session, i18n, onChange) {
		this.#session = session;
		this.#i18n = i18n;
		this.#onChange = onChange;
		this.element = element("div", { id: "standing", role: "status", hidden: true }, this.#icon, this.#text);
		session.on("me", () => this.#render());
	}

	/** Whether the user may not write. */
	get isActive() {
		return !this.element.hidden;
	}

	/** @param {Conversation} conversation */
	show(conversation) {
		this.#unsubscribe();
		this.#conversation = conversation;
		const unsubscribers = [
			conversation.on("removal", () => this.#render()),
			conversation.on("with", () => this.#render()),
		];
		this.#unsubscribe = () => unsubscribers.forEach((unsubscribe) => void unsubscribe());
		this.#render();
	}

	/** @param {boolean} [isTick] whether only time has passed */
	#render(isTick = false) {
		clearTimeout(this.#timer);
		// A screen reader announces the restriction once, but not the countdown of each second.
		setAttribute(this.element, "aria-live", isTick ? "off" : null);
		const text = this.#explanation(Date.now());
		this.element.hidden = text === "";
		this.#showIcon(this.#conversation?.with?.former ? "leave" : "mute");
		setText(this.#text, text);
		this.#onChange();
		if (text) this.#timer = setTimeout(() => this.#render(true), SECOND_MS);
	}

	/** Replace the icon only if it is another one. @param {"leave" | "mute"} name */
	#showIcon(name) {
		if (this.#icon.dataset.sign === name) return;
		this.#icon.dataset.sign = name;
		this.#icon.replaceChildren(icon(name));
	}

	/** @param {number} now */
	#explanation(now) {
		const { removal, id, with: person } = this.#conversation ?? {};
		if (person?.former) return this.#i18n.text("standing.deserted");
		if (removal) return removalText(this.#i18n, removal, id);
		const leftMs = (this.#session.me?.muted_until ?? 0) - now;
		if (leftMs <= 0) return "";
		const { mute_reason: reason } = this.#session.me ?? {};
		const text = this.#i18n.text("standing.muted", { left: this.#remaining(Math.ceil(leftMs / SECOND_MS)) });
		return reason ? `${text} ${this.#i18n.text("removal.reason", { reason })}` : text;
	}

	/** The remaining time, in the largest unit that fits at least twice. @param {number} seconds */
	#remaining(seconds) {
		const units = /** @type {const} */ ([
			["day", 24 * 60 * MINUTE_S],
			["hour", 60 * MINUTE_S],
			["minute", MINUTE_S],
			["second", 1],
		]);
		const [unit, size] = units.find(([, size]) => seconds >= 2 * size) ?? ["second", 1];
		const style = { style: "unit", unit, unitDisplay: "long" };
		return new Intl.NumberFormat(this.#i18n.locale, /** @type {any} */ (style)).format(Math.ceil(seconds / size));
	}
}
