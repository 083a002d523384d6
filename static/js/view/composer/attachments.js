import { sizeText } from "../format/numbers.js";
import { element, iconButton } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { KeyedList } from "../ui/keyed-list.js";
import { Thumbnails } from "./thumbnails.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/conversation/uploads.js").Upload} Upload */
/** @typedef {import("../../model/conversation/uploads.js").Uploads} Uploads */
/** @typedef {import("../../model/world.js").World} World */

/** The files that are about to be sent, above the field: their progress, and a button to cancel each. */
export class AttachmentsView {
	#world;
	#i18n;
	#focusField;
	/** @type {KeyedList<{key: string, upload: Upload}>} */
	#lines;
	#thumbnails = new Thumbnails();

	/**
	 * @param {World} world
	 * @param {I18n} i18n
	 * @param {{changed: () => void, focusField: () => void}} callbacks
	 */
	constructor(world, i18n, { changed, focusField }) {
		this.#world = world;
		this.#i18n = i18n;
		this.#focusField = focusField;
		this.list = element("ul", { class: "attachments", "aria-label": i18n.text("upload.label"), hidden: true });
		this.#lines = new KeyedList(
			this.list,
			({ upload }) => this.#line(upload),
			(line, { upload }) => showProgress(line, upload),
		);
		this.#picker = element("input", {
			type: "file",
			multiple: true,
			hidden: true,
			"aria-label": i18n.text("upload.pick"),
		});
		this.button = iconButton(icon("clip"), i18n.text("upload.pick"), { class: "icon-button attach" });
		this.element = element("div", {}, this.list, this.#picker);
		this.button.addEventListener("click", () => this.#picker.click());
		this.#picker.addEventListener("change", () => {
			this.add([...(this.#picker.files ?? [])]);
			this.#picker.value = "";
		});
		world.uploads.on("change", () => {
			this.render();
			changed();
		});
		addEventListener("beforeunload", (event) => world.uploads.hasPending && event.preventDefault());
	}

	#picker;

	/** Whether there is a file that can be sent. */
	get hasReady() {
		const id = this.#world.current?.id;
		return Boolean(
			id && this.#world.uploads.uploadsFor(id).some(({ caption, state }) => !caption && state !== "refused"),
		);
	}

	/** @param {readonly File[]} files */
	add(files) {
		const conversation = this.#world.current;
		if (conversation && files.length > 0) this.#world.uploads.add(conversation.id, files);
	}

	render() {
		const uploads = this.#world.uploads.uploadsFor(this.#world.current?.id ?? "");
		this.list.hidden = uploads.length === 0;
		this.#thumbnails.retain((key) => this.#world.uploads.has(key));
		const rows = uploads.map((upload) => ({ key: upload.key, upload }));
		this.#lines.update(rows, ({ upload: { state, caption } }) => `${state}${caption ? " sent" : ""}`);
	}

	/** Cancel an upload. After the last one the focus moves to the field. @param {string} key */
	#cancel(key) {
		this.#world.uploads.cancel(key);
		if (this.list.hidden) this.#focusField();
	}

	/** @param {Upload} upload */
	#bar({ name }) {
		return element("progress", { max: 1, "aria-label": this.#i18n.text("upload.progress", { name }) });
	}

	/** @param {Upload} upload */
	#line(upload) {
		const { key, name, size, state, reason, caption } = upload;
		const cancel = iconButton(icon("close"), this.#i18n.text("upload.cancel", { name }), {
			class: "icon-button",
			"data-stop": "cancel",
		});
		cancel.addEventListener("click", () => this.#cancel(key));
		const detail = reason
			? element("span", { class: "error", role: "alert" }, this.#i18n.error(reason))
			: element("span", { class: "file-size" }, sizeText(size, this.#i18n));
		const thumbnail = this.#thumbnail(upload);
		const iconName = state === "stored" ? "check" : reason ? "warning" : thumbnail ? null : "file";
		return element(
			"li",
			{ class: `attachment ${state}`, "data-state": state },
			thumbnail,
			iconName && icon(iconName),
			element(
				"div",
				{ class: "attachment-what" },
				element("bdi", { class: "file-name" }, name),
				detail,
				state === "waiting" || state === "going" ? this.#bar(upload) : null,
				caption && state !== "failed" ? element("span", { class: "hidden" }, this.#i18n.text("message.waiting")) : null,
				state === "failed" ? this.#retryButton(key) : null,
			),
			cancel,
		);
	}

	/** The preview of an image, shown before it is uploaded. @param {Upload} upload */
	#thumbnail({ key, blob, type, state }) {
		const isImage = state !== "refused" && this.#world.limits.pictures.includes(type);
		return isImage ? this.#thumbnails.get(key, blob) : null;
	}

	/** @param {string} key */
	#retryButton(key) {
		const button = element(
			"button",
			{ type: "button", class: "button small quiet" },
			icon("again"),
			this.#i18n.text("message.again"),
		);
		button.addEventListener("click", () => this.#world.uploads.retry(key));
		return button;
	}
}

/** @param {HTMLElement} line @param {Upload} upload */
function showProgress(line, { progress }) {
	const bar = line.querySelector("progress");
	if (bar) bar.value = progress;
}
