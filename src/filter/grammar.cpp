// The grammar of filters (RFC 7644 section 3.4.2.2, figure 1) and of PATCH paths (section 3.5.2, figure 7), in
// Boost.Spirit X3. This is the only file that sees Spirit.
//
// X3 reads the first alternative that fits and never comes back, so the RFC's left-recursive FILTER is written as
// levels (or, and, term), and every term is read exactly once: what two alternatives share is factored out to the
// left. Keywords are told from names by their place: `not pr and or pr` has attributes called not and or.
//
// Beyond figure 1, always: `not (` with one blank (erratum 7319), `$` in names because of `$ref`, and logic and
// groups inside brackets (erratum 7322), but no value path inside a value path (erratum 4690).

#include "x3_parsers.hpp"

#include <utility>

namespace scimkit
{

namespace
{

using namespace detail;

// ---- Semantic actions: the tree is built in place ---------------------------------------------------------------

std::string to_text(boost::iterator_range<char const*> range) { return {range.begin(), range.end()}; }

/// Makes `filter` a Junction with one operand more. A group on the left leaves no trace: `(a and b) and c` is
/// `a and b and c`.
template <class Junction>
void append(Filter& filter, Filter&& operand)
{
    if (auto* junction = std::get_if<Junction>(&filter.node))
    {
        junction->operands.push_back(std::move(operand));
        return;
    }
    Junction junction;
    junction.operands.reserve(2);
    junction.operands.push_back(std::move(filter));
    junction.operands.push_back(std::move(operand));
    filter.node = std::move(junction);
}

constexpr auto set_uri = [](auto& context)
{
    auto const range = x3::_attr(context); // with the colon that ends it
    x3::_val(context).uri.assign(range.begin(), range.end() - 1);
};
constexpr auto set_name = [](auto& context) { x3::_val(context).name = to_text(x3::_attr(context)); };
constexpr auto set_sub_attribute = [](auto& context) { x3::_val(context).sub_attribute = to_text(x3::_attr(context)); };

constexpr auto set_presence = [](auto& context) { x3::_val(context).node.template emplace<Presence>(); };
constexpr auto set_operator = [](CompareOperator op)
{ return [op](auto& context) { x3::_val(context).node.template emplace<Comparison>().op = op; }; };
constexpr auto set_value = [](auto& context)
{ std::get<Comparison>(x3::_val(context).node).value = std::move(x3::_attr(context)); };
constexpr auto set_number = [](auto& context)
{ std::get<Comparison>(x3::_val(context).node).value = NumberLiteral{to_text(x3::_attr(context))}; };

constexpr auto take = [](auto& context) { x3::_val(context) = std::move(x3::_attr(context)); };
constexpr auto negate = [](auto& context)
{ x3::_val(context).node.template emplace<Negation>().operand.push_back(std::move(x3::_attr(context))); };
constexpr auto and_operand = [](auto& context)
{ append<Conjunction>(x3::_val(context), std::move(x3::_attr(context))); };
constexpr auto or_operand = [](auto& context)
{ append<Disjunction>(x3::_val(context), std::move(x3::_attr(context))); };

// The attribute comes before its test is known: a ValuePath without a filter keeps it meanwhile.
constexpr auto hold_attribute = [](auto& context)
{ x3::_val(context).node.template emplace<ValuePath>().attribute = std::move(x3::_attr(context)); };

void set_attribute(Filter& test, AttributePath&& attribute)
{
    if (auto* comparison = std::get_if<Comparison>(&test.node))
        comparison->attribute = std::move(attribute);
    else
        std::get<Presence>(test.node).attribute = std::move(attribute);
}

constexpr auto test_held_attribute = [](auto& context)
{
    Filter& held = x3::_val(context);
    Filter& test = x3::_attr(context);
    set_attribute(test, std::move(std::get<ValuePath>(held.node).attribute));
    held = std::move(test);
};
constexpr auto filter_held_attribute = [](auto& context)
{ std::get<ValuePath>(x3::_val(context).node).filter.push_back(std::move(x3::_attr(context))); };

// `emails[type eq "work"].value eq "x"` becomes `emails[type eq "work" and value eq "x"]`.
constexpr auto narrow_value_path = [](auto& context)
{ append<Conjunction>(std::get<ValuePath>(x3::_val(context).node).filter.front(), std::move(x3::_attr(context))); };
constexpr auto test_sub_attribute = [](auto& context)
{ set_attribute(x3::_val(context), AttributePath{.name = to_text(x3::_attr(context))}); };
constexpr auto take_test = [](auto& context)
{
    Filter& named = x3::_val(context); // a Comparison by default: its attribute is the name read just before
    Filter& test = x3::_attr(context);
    set_attribute(test, std::move(std::get<Comparison>(named.node).attribute));
    named = std::move(test);
};

constexpr auto set_path_attribute = [](auto& context) { x3::_val(context).attribute = std::move(x3::_attr(context)); };
constexpr auto set_path_filter = [](auto& context)
{ x3::_val(context).filter.push_back(std::move(x3::_attr(context))); };
constexpr auto set_path_sub_attribute = [](auto& context)
{ x3::_val(context).sub_attribute = to_text(x3::_attr(context)); };

// The parsers below are constants: none waits for the static initialisers of this file, so that those of other files
// may parse. (x3::char_ of a set of characters would not be one.)

// ---- attrPath = [URI ":"] ATTRNAME *1subAttr --------------------------------------------------------------------

x3::rule<struct attribute_path_id, AttributePath> const attribute_path = "attrPath";
x3::rule<struct filter_id, Filter> const filter = "FILTER";
x3::rule<struct and_level_id, Filter> const and_level = "and";
x3::rule<struct term_id, Filter> const term = "term";
x3::rule<struct test_id, Filter> const test = "test";
x3::rule<struct sub_attribute_test_id, Filter> const sub_attribute_test = "sub-attribute test";
x3::rule<struct path_id, Path> const path = "PATH";

auto const name = x3::raw[-x3::lit('$') >> byte_of(alpha) >> *byte_of(name_char)];

// The URI ends at the last colon. One colon alone does not make a URI: `foo:bar` has no schema.
auto const uri_part = byte_of(uri_char) | '%' >> byte_of(hex_digit) >> byte_of(hex_digit);
auto const uri = byte_of(alpha) >> *byte_of(scheme_char) >> ':' >> +uri_part >> ':' >> *(*uri_part >> ':');

auto const simple_path = name[set_name] >> -('.' >> required(name, Expected::sub_attribute_name)[set_sub_attribute]);
auto const attribute_path_def = x3::raw[uri][set_uri] >> required(simple_path, Expected::attribute_name) | simple_path;

// ---- attrExp: SP "pr" / SP compareOp SP compValue ---------------------------------------------------------------

auto const word_end = !byte_of(name_char);

constexpr auto keyword(char const* lower_case) { return x3::no_case[x3::lit(lower_case)] >> word_end; }
constexpr auto compare_as(CompareOperator op, char const* lower_case) { return keyword(lower_case)[set_operator(op)]; }

auto const compare_op = compare_as(CompareOperator::eq, "eq") | compare_as(CompareOperator::ne, "ne") |
                        compare_as(CompareOperator::co, "co") | compare_as(CompareOperator::sw, "sw") |
                        compare_as(CompareOperator::ew, "ew") | compare_as(CompareOperator::gt, "gt") |
                        compare_as(CompareOperator::ge, "ge") | compare_as(CompareOperator::lt, "lt") |
                        compare_as(CompareOperator::le, "le");

auto const digits = +x3::char_('0', '9');
auto const number = x3::raw[-x3::lit('-') >> ('0' | x3::char_('1', '9') >> *x3::char_('0', '9')) >> -('.' >> digits) >>
                            -((x3::lit('e') | 'E') >> -(x3::lit('+') | '-') >> digits)];

// JSON's literals are lower case, unlike everything else here.
auto const value = string_literal()[set_value] | unquoted_word()[set_value] | number[set_number] |
                   ("true" >> word_end >> x3::attr(true))[set_value] |
                   ("false" >> word_end >> x3::attr(false))[set_value] |
                   ("null" >> word_end >> x3::attr(nullptr))[set_value];

auto const test_def = required(blanks(1, 1), Expected::comparison_operator) >> only_if<one_more_term>() >>
                      required(keyword("pr")[set_presence] | compare_op >>
                                                                 required(blank_before_value(), Expected::value) >>
                                                                 required(value, Expected::value),
                               Expected::comparison_operator);

// ---- FILTER = attrExp / logExp / valuePath / *1"not" "(" FILTER ")" ---------------------------------------------

auto const padding = blanks(0, 0);
auto const group = nested<false>(padding >> filter >> padding >> required(')', Expected::closing_parenthesis));
auto const value_filter = nested<true>(padding >> filter >> padding >> required(']', Expected::closing_bracket));

auto const dot = padding >> '.' >> padding;

auto const sub_attribute_test_def = name[test_sub_attribute] >> test[take_test];
auto const value_path = only_if<outside_brackets>() >> padding >> '[' >> value_filter[filter_held_attribute] >>
                        -(only_if<sub_attribute_allowed>() >> dot >>
                          required(sub_attribute_test, Expected::sub_attribute_name)[narrow_value_path]);

auto const term_def = '(' >> group[take] | x3::no_case[x3::lit("not")] >> blanks(0, 1) >> '(' >> group[negate] |
                      required(attribute_path, Expected::expression)[hold_attribute] >>
                          (value_path | test[test_held_attribute]);

constexpr auto connective(char const* lower_case)
{
    return blanks(1, 1) >> keyword(lower_case) >> required(blanks(1, 1), Expected::blank_after_connective);
}

auto const and_level_def = term[take] >> *(connective("and") >> term[and_operand]);
auto const filter_def = and_level[take] >> *(connective("or") >> and_level[or_operand]);

// ---- PATH = attrPath / valuePath [subAttr] ----------------------------------------------------------------------

auto const path_def = required(attribute_path, Expected::path)[set_path_attribute] >>
                      -(padding >> '[' >> value_filter[set_path_filter] >>
                        -(dot >> required(name, Expected::sub_attribute_name)[set_path_sub_attribute]));

BOOST_SPIRIT_DEFINE(attribute_path, filter, and_level, term, test, sub_attribute_test, path)

// Reads the whole text; X3 alone is content with a prefix.
template <class Rule, class Attribute>
bool parse_whole(std::string_view text, Rule const& rule, Expected end, Attribute& out, ParseState& state)
{
    char const* first = text.data();
    char const* const last = first + text.size();
    auto const whole = padding >> rule >> padding >> required(x3::eoi, end);
    return x3::parse(first, last, x3::with<state_tag>(state)[whole], out) && !state.failed();
}

Error too_long(ErrorCode code, std::string_view what, std::size_t limit)
{
    std::string detail = "The ";
    detail += what;
    detail += " is longer than the limit of " + std::to_string(limit) + " bytes.";
    return {code, std::move(detail)};
}

} // namespace

result<Filter> parse_filter(std::string_view text, FilterSyntax const& syntax)
{
    if (text.size() > syntax.max_bytes)
        return too_long(ErrorCode::invalid_filter, "filter", syntax.max_bytes);
    ParseState state{text, syntax};
    result<Filter> parsed{Filter{}};
    if (!parse_whole(text, filter, Expected::end_of_filter, *parsed, state))
        return state.filter_error();
    return parsed;
}

result<Path> parse_path(std::string_view text, FilterSyntax const& syntax)
{
    if (text.size() > syntax.max_bytes)
    {
        bool const in_brackets = text.substr(0, syntax.max_bytes).find('[') != std::string_view::npos;
        return too_long(in_brackets ? ErrorCode::invalid_filter : ErrorCode::invalid_path, "path", syntax.max_bytes);
    }
    ParseState state{text, syntax};
    result<Path> parsed{Path{}};
    if (!parse_whole(text, path, Expected::end_of_path, *parsed, state))
        return state.path_error();
    return parsed;
}

} // namespace scimkit
