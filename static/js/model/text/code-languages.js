/** The languages whose code is coloured, as patterns that take one look at each character. */

/**
 * @typedef {object} CodeLanguage
 * @property {RegExp} tokens finds the next piece; its groups are kinds of tokens, `word` and `key`
 * @property {ReadonlySet<string>} keywords
 * @property {boolean} ignoresCase
 */

// Each pattern matches whatever follows its beginning: an open string or comment ends with the line or the code. Nothing
// is looked at again, so no code is slow to colour.
const DOUBLE = '"(?:[^"\\\\\\n]|\\\\[^])*"?';
const SINGLE = "'(?:[^'\\\\\\n]|\\\\[^])*'?";
const BACKTICKS = "`(?:[^`\\\\]|\\\\[^])*`?";
const TRIPLE = "\"\"\"[^]*?(?:\"\"\"|$)|'''[^]*?(?:'''|$)";
const CHARACTER = "'(?:[^'\\\\\\n]|\\\\[^])'";
const SLASHES = "\\/\\/[^\\n]*";
const STARS = "\\/\\*[^]*?(?:\\*\\/|$)";
const HASH = "#[^\\n]*";
const DASHES = "--[^\\n]*";
const WORD = "(?<word>[\\p{L}_$@][\\p{L}\\p{N}_$]*)";
const NUMBER = "(?<number>\\d[\\w.]*)";

/**
 * @param {string[]} comments
 * @param {string[]} strings
 * @param {string} keywords
 * @param {boolean} [ignoresCase]
 * @returns {CodeLanguage}
 */
function language(comments, strings, keywords, ignoresCase = false) {
	const groups = [`(?<comment>${comments.join("|")})`, `(?<string>${strings.join("|")})`, NUMBER, WORD];
	return { tokens: new RegExp(groups.join("|"), "gu"), keywords: new Set(keywords.split(" ")), ignoresCase };
}

/** @param {string[]} groups @returns {CodeLanguage} */
const patterns = (groups) => ({
	tokens: new RegExp(groups.join("|"), "gmu"),
	keywords: new Set(),
	ignoresCase: false,
});

const FLOW = "break case catch continue default do else finally for if return switch throw try while";
const C = `${FLOW} auto bool char const double enum extern false float goto inline int long NULL nullptr short signed sizeof static struct true typedef union unsigned void volatile`;
const CPP = `${C} class constexpr delete explicit friend mutable namespace new noexcept operator override private protected public template this typename using virtual`;
const JAVA = `${FLOW} abstract boolean byte char class const double enum extends false final float implements import instanceof int interface long new null package private protected public record static super this throws true var void`;
const SCRIPT = `${FLOW} async await class const debugger delete export extends false from function get import in instanceof let new null of set static super this true typeof undefined var void yield as declare enum implements interface keyof namespace private protected public readonly type`;
const PYTHON =
	"and as assert async await break case class continue def del elif else except False finally for from global if import in is lambda match None nonlocal not or pass raise return self True try while with yield";
const RUBY =
	"alias and begin break case class def do else elsif end ensure false for if in module next nil not or redo require rescue retry return self super then true undef unless until when while yield";
const SHELL =
	"case do done elif else esac export fi for function if in local return select set shift source then unset until while cd echo exit sudo";
const SQL =
	"add all alter and as asc begin between by case check column commit constraint create cross default delete desc distinct drop else end exists false foreign from full group having if in index inner insert into is join key left like limit not null offset on or order outer primary references returning right rollback select set table then true union unique update using values view when where with";
const RUST = `${FLOW} as async await const crate dyn enum extern false fn impl in let loop match mod move mut pub ref Self self static struct super trait true type unsafe use where bool char str u8 u16 u32 u64 usize i8 i16 i32 i64 isize f32 f64`;
const GO = `${FLOW} chan const defer fallthrough false func go goto import interface map nil package range select struct true type var bool byte error float64 int int64 rune string uint`;
const SWIFT = `${FLOW} class enum extension false fileprivate func guard import in init inout is let nil open override private protocol public self Self static struct super true var where async await throws`;
const KOTLIN = `${FLOW} as class companion data false fun import in interface internal is null object open override package private protected public sealed super suspend this true typealias val var when`;
const CSHARP = `${JAVA} as async await base bool decimal delegate event foreach get in internal is lock namespace object operator out override params readonly ref sealed set sizeof string struct typeof using value virtual where yield`;
const PHP = `${FLOW} abstract and array as class const echo elseif extends false final fn foreach function global implements include interface isset match namespace new null or print private protected public require static true unset use var`;
const LUA =
	"and break do else elseif end false for function goto if in local nil not or repeat return then true until while";

/** @returns {Map<string, CodeLanguage>} by name and by other names */
export function codeLanguages() {
	const [slashes, hash] = [[SLASHES, STARS], [HASH]];
	const quotes = [DOUBLE, SINGLE];
	const script = language(slashes, [...quotes, BACKTICKS], SCRIPT);
	/** @type {[string, CodeLanguage][]} */
	const all = [
		["c h", language(slashes, quotes, C)],
		["cpp c++ cc hpp cxx", language(slashes, quotes, CPP)],
		["java", language(slashes, quotes, JAVA)],
		["csharp cs c#", language(slashes, quotes, CSHARP)],
		["javascript js jsx mjs cjs typescript ts tsx node", script],
		["python py python3 py3", language(hash, [TRIPLE, ...quotes], PYTHON)],
		["ruby rb", language(hash, quotes, RUBY)],
		["bash sh shell zsh console", language(["(?<![^\\s])#[^\\n]*"], quotes, SHELL)],
		["sql mysql postgres postgresql sqlite", language([DASHES, STARS], quotes, SQL, true)],
		["rust rs", language(slashes, [DOUBLE, CHARACTER], RUST)],
		["go golang", language(slashes, [...quotes, "`[^`]*`?"], GO)],
		["swift", language(slashes, [TRIPLE, DOUBLE], SWIFT)],
		["kotlin kt", language(slashes, [TRIPLE, ...quotes], KOTLIN)],
		["php", language([...slashes, HASH], quotes, PHP)],
		["lua", language(["--\\[\\[[^]*?(?:\\]\\]|$)", DASHES], quotes, LUA)],
		[
			"dockerfile docker",
			language(hash, quotes, "FROM RUN CMD COPY ADD ENV ARG WORKDIR EXPOSE ENTRYPOINT USER VOLUME AS"),
		],
		["json json5 jsonc", patterns([`(?<comment>${slashes.join("|")})`, `(?<key>${DOUBLE})`, NUMBER, WORD])],
		[
			"yaml yml",
			patterns([
				`(?<comment>${HASH})`,
				`(?<string>${quotes.join("|")})`,
				NUMBER,
				"(?<key>[\\p{L}_][\\p{L}\\p{N}_.-]*)",
			]),
		],
		[
			"toml ini conf cfg properties",
			patterns([
				"(?<comment>[#;][^\\n]*)",
				`(?<string>${quotes.join("|")})`,
				NUMBER,
				"(?<keyword>^\\[[^\\n]*)",
				"(?<key>[\\p{L}_][\\p{L}\\p{N}_.-]*)",
			]),
		],
		[
			"css scss less",
			patterns([
				`(?<comment>${slashes.join("|")})`,
				`(?<string>${quotes.join("|")})`,
				"(?<number>#[\\da-fA-F]+|\\d[\\w.%]*)",
				"(?<keyword>@[\\w-]+)",
				"(?<key>-{0,2}[\\p{L}_][\\p{L}\\p{N}_-]*)",
			]),
		],
		[
			"html xml svg vue",
			patterns([
				"(?<comment><!--[^]*?(?:-->|$))",
				"(?<keyword><\\/?[\\p{L}!?][\\p{L}\\p{N}:_-]*|\\/?>)",
				"=(?<string>\"[^\"]*\"?|'[^']*'?)",
			]),
		],
		["diff patch", patterns(["(?<inserted>^\\+[^\\n]*)", "(?<deleted>^-[^\\n]*)", "(?<keyword>^@@[^\\n]*)"])],
	];
	return new Map(all.flatMap(([names, each]) => names.split(" ").map((name) => [name, each])));
}
