import { avatar } from "../format/avatar.js";
import { element, setAttribute } from "../ui/dom.js";

/** @typedef {import("../../model/completion/completion.js").Completion} Completion */
/** @typedef {import("../../model/completion/completion.js").Option} Option */
/** @typedef {import("../format/i18n.js").I18n} I18n */

const LIST_ID = "completion";
/** Keys that move the caret without changing the text. */
const MOVES = new Set(["ArrowLeft", "ArrowRight", "Home", "End"]);

/** The list of completions above a text field. The focus stays in the field. */
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

	/** Complete the text before the caret. A selection has no completions. */
	update() {
		const { value, selectionStart, selectionEnd } = this.#area;
		if (selectionStart === selectionEnd) this.#completion.update(value, selectionStart);
		else this.#completion.close();
	}

	/** @param {KeyboardEvent} event @returns {boolean} whether the list handled the key */
	key(event) {
		if (!this.#completion.isOpen) return false;
		const isHandled = this.#handle(event);
		if (isHandled) event.preventDefault();
		return isHandled;
	}

	/** @param {KeyboardEvent} event */
	#handle({ key, shiftKey, ctrlKey, metaKey }) {
		const completion = this.#completion;
		if (key === "Escape") completion.close();
		else if (completion.options.length === 0) return false;
		else if (key === "ArrowDown") completion.move(1);
		else if (key === "ArrowUp") completion.move(-1);
		else if (shiftKey || ctrlKey || metaKey) return false;
		// A word that is complete needs no choice: Enter sends the text.
		else if (key === "Tab" || (key === "Enter" && !completion.isComplete)) this.#choose(completion.selectedIndex);
		else return false;
		return true;
	}

	/** @param {number} index */
	#choose(index) {
		const chosen = this.#completion.choose(index);
		if (!chosen) return;
		const { from, to, value } = chosen;
		// Do not double a space that is there already.
		const end = value.endsWith(" ") && this.#area.value[to] === " " ? to + 1 : to;
		this.#area.setRangeText(value, from, end, "end");
		this.#area.focus();
		this.#area.dispatchEvent(new InputEvent("input", { bubbles: true }));
	}

	#render() {
		const { isOpen, options, hint, selectedIndex } = this.#completion;
		this.popup.hidden = !isOpen;
		this.#list.hidden = options.length === 0;
		this.#hint.hidden = hint === null;
		this.#hint.replaceChildren(...(hint?.parts ?? []).flatMap((part, index) => usagePart(part, index === hint?.at)));
		this.#list.replaceChildren(...options.map((option, index) => this.#option(option, index, index === selectedIndex)));
		this.#count.textContent = isOpen ? this.#i18n.text("completion.count", { count: options.length }) : "";
		setAttribute(this.#area, "aria-activedescendant", options.length > 0 ? `${LIST_ID}-${selectedIndex}` : null);
		this.#list.children[selectedIndex]?.scrollIntoView({ block: "nearest" });
	}

	/** @param {Option} option @param {number} index @param {boolean} selected */
	#option({ label, detail, icon, person }, index, selected) {
		const symbol = icon ? element("span", { class: "completion-icon", "aria-hidden": "true" }, icon) : null;
		const item = element(
			"li",
			{ id: `${LIST_ID}-${index}`, role: "option", "aria-selected": String(selected) },
			person ? avatar(person) : symbol,
			element("bdi", { class: "completion-name" }, label),
			detail ? element("span", { class: "completion-detail", dir: "auto" }, detail) : null,
		);
		// The field keeps the focus, so the on-screen keyboard of a phone stays open.
		item.addEventListener("pointerdown", (event) => event.preventDefault());
		item.addEventListener("click", () => this.#choose(index));
		return item;
	}
}

/** @param {string} text @param {boolean} isCurrent */
function usagePart(text, isCurrent) {
	return [element(isCurrent ? "b" : "span", {}, text), document.createTextNode(" ")];
}
