import { avatar } from "../format/avatar.js";
import { element, setAttribute } from "../ui/dom.js";

/** @typedef {import("../../model/completion/completion.js").Completion} Completion */
/** @typedef {import("../../model/completion/completion.js").Option} Option */
/** @typedef {import("../format/i18n.js").I18n} I18n */

const LIST_ID = "completion";
/** What moves the caret without changing the text. */
const MOVES = new Set(["ArrowLeft", "ArrowRight", "Home", "End"]);

/** Offers above a field what could be meant by what is typed in it. The focus stays in the field. */
export class CompletionView {
	#area;
	#completion;
	#i18n;
	#list;
	#hint = element("p", { class: "completion-hint", hidden: true });
	#count = element("span", { class: "hidden", role: "status" });

	/** @param {HTMLTextAreaElement} area @param {Completion} completion @param {I18n} i18n */
	constructor(area, completion, i18n) {
		this.#area = area;
		this.#completion = completion;
		this.#i18n = i18n;
		this.#list = element("ul", { id: LIST_ID, role: "listbox", "aria-label": i18n.text("completion.label") });
		const popup = element("div", { class: "completion", hidden: true }, this.#hint, this.#list);
		this.popup = popup;
		this.element = element("div", { class: "completion-place" }, popup, this.#count);
		setAttribute(area, "aria-autocomplete", "list");
		setAttribute(area, "aria-controls", LIST_ID);
		area.addEventListener("keyup", ({ key }) => MOVES.has(key) && this.update());
		area.addEventListener("click", () => this.update());
		area.addEventListener("blur", () => completion.close());
		completion.on("change", () => this.#render());
	}

	/** What is typed now. */
	update() {
		const { value, selectionStart, selectionEnd } = this.#area;
		if (selectionStart === selectionEnd) this.#completion.update(value, selectionStart);
		else this.#completion.close();
	}

	/** @param {KeyboardEvent} event @returns {boolean} whether it was meant for what is offered */
	key(event) {
		if (!this.#completion.isOpen) return false;
		const used = this.#use(event);
		if (used) event.preventDefault();
		return used;
	}

	/** @param {KeyboardEvent} event */
	#use({ key, shiftKey, ctrlKey, metaKey }) {
		const completion = this.#completion;
		if (key === "Escape") completion.close();
		else if (completion.options.length === 0) return false;
		else if (key === "ArrowDown") completion.move(1);
		else if (key === "ArrowUp") completion.move(-1);
		else if (shiftKey || ctrlKey || metaKey) return false;
		// What is there already need not be chosen: Enter sends it.
		else if (key === "Tab" || (key === "Enter" && !completion.isComplete)) this.#choose(completion.selectedIndex);
		else return false;
		return true;
	}

	/** @param {number} index */
	#choose(index) {
		const chosen = this.#completion.choose(index);
		if (!chosen) return;
		const { from, to, value } = chosen;
		// A space that is there already is not doubled.
		const end = value.endsWith(" ") && this.#area.value[to] === " " ? to + 1 : to;
		this.#area.setRangeText(value, from, end, "end");
		this.#area.focus();
		this.#area.dispatchEvent(new InputEvent("input", { bubbles: true }));
	}

	#render() {
		const { isOpen, options, hint, selectedIndex: at } = this.#completion;
		this.popup.hidden = !isOpen;
		this.#list.hidden = options.length === 0;
		this.#hint.hidden = hint === null;
		this.#hint.replaceChildren(...(hint?.parts ?? []).flatMap((part, index) => usagePart(part, index === hint?.at)));
		this.#list.replaceChildren(...options.map((option, index) => this.#option(option, index, index === at)));
		this.#count.textContent = isOpen ? this.#i18n.text("completion.count", { count: options.length }) : "";
		setAttribute(this.#area, "aria-activedescendant", options.length > 0 ? `${LIST_ID}-${at}` : null);
		this.#list.children[at]?.scrollIntoView({ block: "nearest" });
	}

	/** @param {Option} option @param {number} index @param {boolean} selected */
	#option({ label, detail, icon, person }, index, selected) {
		const picture = icon ? element("span", { class: "completion-icon", "aria-hidden": "true" }, icon) : null;
		const line = element(
			"li",
			{ id: `${LIST_ID}-${index}`, role: "option", "aria-selected": String(selected) },
			person ? avatar(person) : picture,
			element("bdi", { class: "completion-name" }, label),
			detail ? element("span", { class: "completion-detail", dir: "auto" }, detail) : null,
		);
		// The keyboard of a phone stays open.
		line.addEventListener("pointerdown", (event) => event.preventDefault());
		line.addEventListener("click", () => this.#choose(index));
		return line;
	}
}

/** @param {string} text @param {boolean} isHere */
function usagePart(text, isHere) {
	return [element(isHere ? "b" : "span", {}, text), document.createTextNode(" ")];
}
