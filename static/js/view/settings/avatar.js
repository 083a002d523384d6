import { pastedFiles } from "../composer/file-drop.js";
import { avatar } from "../format/avatar.js";
import { sizeText } from "../format/numbers.js";
import { element, setAttribute } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { button, hint, Section } from "./section.js";

/** @typedef {import("../actions.js").AccountActions} AccountActions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/world.js").World} World */

/** The image types that the server accepts. The server checks the content of a file, not its declared type. */
const IMAGE_TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif"];

/** The profile picture: choose, drop or paste one, or return to the one made from the name. */
export class AvatarSection {
	#world;
	#i18n;
	#account;
	#section;
	#preview = element("span", { class: "avatar-now" });
	#name = element("bdi", { class: "avatar-name" });
	#hint = hint("");
	#progress = element("progress", { max: 1, hidden: true });
	#input = element("input", { type: "file", accept: IMAGE_TYPES.join(","), hidden: true, id: "avatar-file" });
	#choose;
	#reset;
	#busy = false;

	/** @param {World} world @param {I18n} i18n @param {AccountActions} account */
	constructor(world, i18n, account) {
		this.#world = world;
		this.#i18n = i18n;
		this.#account = account;
		this.#section = new Section("avatar", i18n);
		this.element = this.#section.element;
		this.#choose = button(i18n.text("avatar.choose"), () => this.#input.click(), { id: "choose-avatar" });
		this.#choose.prepend(icon("picture"));
		this.#reset = button(i18n.text("avatar.reset"), () => this.#resetAvatar(), { id: "reset-avatar" });
		this.#progress.setAttribute("aria-label", i18n.text("avatar.progress"));
		this.#section.fill(
			element(
				"div",
				{ class: "avatar-line" },
				this.#preview,
				element(
					"div",
					{ class: "avatar-words" },
					this.#name,
					element("div", { class: "buttons start" }, this.#choose, this.#reset),
					this.#hint,
					this.#progress,
				),
			),
			this.#input,
		);
		this.#listen();
		this.#renderHint();
		this.#render();
	}

	/** The server says which size it accepts, once the connection is open. */
	#renderHint() {
		const size = sizeText(this.#world.limits.avatar, this.#i18n);
		this.#hint.textContent = this.#i18n.text("avatar.hint", { size });
	}

	clear() {
		this.#section.clear();
	}

	#listen() {
		const { element: area } = this;
		this.#input.addEventListener("change", () => this.#upload(this.#input.files));
		area.addEventListener("dragover", (event) => {
			event.preventDefault();
			area.classList.add("dropping");
		});
		for (const type of ["dragleave", "drop"]) area.addEventListener(type, () => area.classList.remove("dropping"));
		area.addEventListener("drop", (event) => {
			event.preventDefault();
			this.#upload(/** @type {DragEvent} */ (event).dataTransfer?.files);
		});
		// Accept a paste anywhere on the page: nothing else in the settings accepts images.
		document.addEventListener("paste", (event) => this.element.isConnected && this.#upload(pastedFiles(event)));
		this.#world.on("limits", () => this.#renderHint());
		this.#world.session.on("me", () => this.#render());
		this.#world.persons.on("change", () => this.#render());
	}

	/** @param {ArrayLike<File> | null | undefined} files */
	async #upload(files) {
		const file = files?.[0];
		this.#input.value = "";
		if (!file || this.#busy) return;
		if (!IMAGE_TYPES.includes(file.type)) return this.#section.showError(this.#i18n.text("error.bad_picture"));
		const { avatar: limit } = this.#world.limits;
		if (file.size > limit)
			return this.#section.showError(this.#i18n.error({ code: "too_large", message: "Too large.", limit }));
		this.#setBusy(true);
		const progress = (/** @type {number} */ part) => setAttribute(this.#progress, "value", part < 1 ? part : null);
		const done = this.#i18n.text("avatar.done");
		await this.#section.attempt(() => this.#account.setAvatar(file, progress), done);
		this.#setBusy(false);
	}

	async #resetAvatar() {
		if (await this.#section.attempt(() => this.#account.resetAvatar(), this.#i18n.text("avatar.isReset")))
			this.#choose.focus();
	}

	/** @param {boolean} busy */
	#setBusy(busy) {
		this.#busy = busy;
		this.#progress.hidden = !busy;
		setAttribute(this.#progress, "value", busy ? 0 : null);
		this.#choose.disabled = this.#reset.disabled = busy;
	}

	#render() {
		const { me } = this.#world.session;
		if (!me) return;
		this.#name.textContent = me.name;
		this.#reset.hidden = !me.avatar;
		this.#preview.replaceChildren(avatar(this.#world.persons.current(me), 256));
	}
}
