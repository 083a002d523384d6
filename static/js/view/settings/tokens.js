import { Dates } from "../format/dates.js";
import { CopyButton } from "../ui/clipboard.js";
import { element } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { PasswordField } from "../ui/password-field.js";
import { button, hint, Section } from "./section.js";

/** @typedef {import("../actions.js").AccountActions} AccountActions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").Token} Token */
/** @typedef {import("../../model/session/session.js").Session} Session */

const MAX_NAME_CHARS = 60;
const DAYS = [7, 30, 90, 365];
const DEFAULT_DAYS = "365"; // as on the server
const NO_EXPIRY = "";

/** The API tokens of the user's programs: create and revoke them. */
export class TokensSection {
	#session;
	#i18n;
	#account;
	#dates;
	#section;
	#name = element("input", {
		id: "token-name",
		type: "text",
		maxlength: MAX_NAME_CHARS,
		autocomplete: "off",
		dir: "auto",
		"aria-describedby": "tokens-error",
	});
	#days;
	#password;
	#secretBox = element("div", { class: "fresh", hidden: true });
	#list = element("ul", { class: "entries", "aria-labelledby": "tokens-title" });

	/** @param {Session} session @param {I18n} i18n @param {AccountActions} account */
	constructor(session, i18n, account) {
		this.#session = session;
		this.#i18n = i18n;
		this.#account = account;
		this.#dates = new Dates(i18n.locale);
		this.#section = new Section("tokens", i18n, { form: true });
		this.element = this.#section.element;
		this.#days = element(
			"select",
			{ id: "token-days" },
			...DAYS.map((days) => element("option", { value: days }, i18n.text("tokens.days", { count: days }))),
			element("option", { value: NO_EXPIRY }, i18n.text("tokens.forever")),
		);
		this.#days.value = DEFAULT_DAYS;
		this.#password = new PasswordField(i18n, {
			id: "token-password",
			label: i18n.text("tokens.password"),
			autocomplete: "current-password",
			describedBy: "tokens-error",
		});
		this.#section.fill(
			hint(i18n.text("tokens.hint")),
			element(
				"div",
				{ class: "field-row" },
				this.#field("token-name", "tokens.name", this.#name),
				this.#field("token-days", "tokens.for", this.#days),
			),
			this.#password.element,
			element("button", { class: "button", id: "make-token" }, i18n.text("tokens.make")),
			this.#secretBox,
			this.#list,
		);
		this.element.addEventListener("submit", (event) => {
			event.preventDefault();
			this.#create();
		});
	}

	load() {
		this.#password.element.hidden = !this.#session.me?.has_password;
		return this.#section.attempt(async () => {
			const tokens = await this.#account.tokens();
			this.#list.replaceChildren(...tokens.map((token) => this.#row(token)));
		});
	}

	clear() {
		this.#list.replaceChildren();
		this.#name.value = "";
		this.#password.clear();
		this.#showSecret("");
		this.#section.clear();
	}

	/** @param {string} id @param {string} key @param {HTMLElement} input */
	#field(id, key, input) {
		return element("div", { class: "field" }, element("label", { for: id }, this.#i18n.text(key)), input);
	}

	async #create() {
		const name = this.#name.value.trim();
		if (!name) {
			this.#section.showError(this.#i18n.text("tokens.noName"));
			return this.#name.focus();
		}
		const password = this.#password.element.hidden ? undefined : this.#password.value;
		if (password === "") {
			this.#section.showError(this.#i18n.text("enter.fault.noPassword"));
			return this.#password.input.focus();
		}
		await this.#section.attemptOnce(async () => {
			const days = this.#days.value === NO_EXPIRY ? null : Number(this.#days.value);
			const secret = await this.#account.createToken(name, days, password);
			this.#name.value = "";
			this.#password.clear();
			await this.load();
			this.#showSecret(secret);
		});
	}

	/** Show the secret of a new token. The server does not send it again. @param {string} secret */
	#showSecret(secret) {
		this.#secretBox.hidden = secret === "";
		if (!secret) return this.#secretBox.replaceChildren();
		const label = this.#i18n.text("tokens.secret");
		const input = element("input", {
			type: "text",
			readonly: true,
			id: "token-secret",
			value: secret,
			"aria-label": label,
		});
		input.addEventListener("focus", () => input.select());
		this.#secretBox.replaceChildren(
			hint(this.#i18n.text("tokens.once")),
			element("div", { class: "copy-line" }, input, new CopyButton(this.#i18n, secret).button),
		);
		input.focus();
	}

	/** @param {Token} token */
	#row({ id, name, used, expires }) {
		const details = [
			used ? this.#i18n.text("tokens.used", { ago: this.#dates.ago(used) }) : this.#i18n.text("tokens.unused"),
			expires
				? this.#i18n.text("tokens.until", { when: this.#dates.moment(expires) })
				: this.#i18n.text("tokens.noEnd"),
		];
		const label = this.#i18n.text("tokens.revoke");
		const revoke = () =>
			this.#section.change(
				() => this.#account.revokeToken(id),
				() => this.load(),
			);
		return element(
			"li",
			{},
			icon("program"),
			element(
				"div",
				{ class: "entry-words" },
				element("bdi", { class: "entry-name" }, name),
				element("span", { class: "entry-more" }, details.join(" · ")),
			),
			button(label, revoke, { "aria-label": `${label}: ${name}` }),
		);
	}
}
