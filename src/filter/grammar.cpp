// The grammar of filters (RFC 7644 section 3.4.2.2, figure 1) and of PATCH paths (section 3.5.2, figure 7), in
// Boost.Spirit X3. This is the only file that sees Spirit.
//
// X3 reads what has no brackets in it: an attribute, a test, a connective. What is in brackets may nest, so the RFC's
// left-recursive FILTER is a loop over a list of what is open, and every term is read exactly once. Keywords are told
// from names by their place: `not pr and or pr` has attributes called not and or.
//
// Beyond figure 1, always: `not (` with one blank (erratum 7319), `$` in names because of `$ref`, and logic and
// groups inside brackets (erratum 7322), but no value path inside a value path (erratum 4690).

#include "open_bracket.hpp"
#include "x3_parsers.hpp"

#include <boost/container/small_vector.hpp>

#include <utility>

namespace scimkit
{

namespace
{

using namespace detail;

// ---- Semantic actions: the tree is built in place ---------------------------------------------------------------

std::string to_text(boost::iterator_range<char const*> range) { return {range.begin(), range.end()}; }

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

void set_attribute(Filter& test, AttributePath&& attribute)
{
    if (auto* comparison = std::get_if<Comparison>(&test.node))
        comparison->attribute = std::move(attribute);
    else
        std::get<Presence>(test.node).attribute = std::move(attribute);
}

constexpr auto test_sub_attribute = [](auto& context)
{ set_attribute(x3::_val(context), AttributePath{.name = to_text(x3::_attr(context))}); };
constexpr auto take_test = [](auto& context)
{
    Filter& named = x3::_val(context); // a Comparison by default: its attribute is the name read just before
    Filter& test = x3::_attr(context);
    set_attribute(test, std::move(std::get<Comparison>(named.node).attribute));
    named = std::move(test);
};

// The parsers below are constants: none waits for the static initialisers of this file, so that those of other files
// may parse. (x3::char_ of a set of characters would not be one.)

// ---- attrPath = [URI ":"] ATTRNAME *1subAttr --------------------------------------------------------------------

x3::rule<struct attribute_path_id, AttributePath> const attribute_path = "attrPath";
x3::rule<struct test_id, Filter> const test = "test";
x3::rule<struct sub_attribute_test_id, Filter> const sub_attribute_test = "sub-attribute test";

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

auto const sub_attribute_test_def = name[test_sub_attribute] >> test[take_test];

BOOST_SPIRIT_DEFINE(attribute_path, test, sub_attribute_test)

// ---- FILTER = attrExp / logExp / valuePath / *1"not" "(" FILTER ")" ---------------------------------------------
// ---- PATH = attrPath / valuePath [subAttr] ----------------------------------------------------------------------

auto const padding = blanks(0, 0);
auto const dot = padding >> '.' >> padding;
auto const not_group = x3::no_case[x3::lit("not")] >> blanks(0, 1) >> '(';

constexpr auto connective(char const* lower_case)
{
    return blanks(1, 1) >> keyword(lower_case) >> required(blanks(1, 1), Expected::blank_after_connective);
}

auto const both = connective("and");
auto const either = connective("or");

/// Reads on from one place of the text. Brackets are kept in a list and not on the stack of the thread, which may be
/// small. What does not fit is a fault that the state has been told, and the end.
class Reader
{
public:
    Reader(std::string_view text, ParseState& state)
        : first_(text.data())
        , last_(first_ + text.size())
        , state_(state)
    {
        skip(padding);
    }

    bool read(Filter& filter);
    bool read(Path& path);

    /// Whether the text ends here, and had no fault: X3 alone is content with a prefix.
    bool ends_here(Expected expected)
    {
        skip(padding);
        if (first_ != last_)
            state_.fail(first_, expected);
        return !state_.failed();
    }

private:
    template <class Parser>
    bool skip(Parser const& parser)
    {
        return x3::parse(first_, last_, x3::with<state_tag>(state_)[parser]);
    }

    template <class Parser, class Attribute>
    bool take(Parser const& parser, Expected expected, Attribute& out)
    {
        if (x3::parse(first_, last_, x3::with<state_tag>(state_)[parser], out))
            return true;
        state_.fail(first_, expected);
        return false;
    }

    bool opens(OpenBracket::Kind kind, Filter path = {});
    bool opens_elements() { return !state_.in_brackets() && skip(padding >> x3::lit('[')); }
    bool ends();
    bool read_within(Filter& filter);
    bool read_test(Filter& term);
    bool close(Filter& term);
    bool narrow(Filter& path);

    char const* first_;
    char const* last_;
    ParseState& state_;
    boost::container::small_vector<OpenBracket, 1> open_{}; ///< the innermost last
};

/// What has just begun; what comes next is its first term.
bool Reader::opens(OpenBracket::Kind kind, Filter path)
{
    open_.push_back(OpenBracket{.kind = kind, .was_in_brackets = state_.in_brackets(), .path = std::move(path)});
    state_.set_in_brackets(state_.in_brackets() || kind == OpenBracket::Kind::elements);
    return state_.enter(first_) && skip(padding);
}

/// Whether the innermost bracket ends here.
bool Reader::ends()
{
    bool const are_elements = open_.back().kind == OpenBracket::Kind::elements;
    skip(padding);
    if (!skip(x3::lit(are_elements ? ']' : ')')))
    {
        state_.fail(first_, are_elements ? Expected::closing_bracket : Expected::closing_parenthesis);
        return false;
    }
    state_.leave();
    state_.set_in_brackets(open_.back().was_in_brackets);
    return true;
}

/// `term` is a ValuePath for its attribute, and becomes a test of it.
bool Reader::read_test(Filter& term)
{
    Filter tested;
    if (!x3::parse(first_, last_, x3::with<state_tag>(state_)[test], tested)) // which tells its faults itself
        return false;
    set_attribute(tested, std::move(std::get<ValuePath>(term.node).attribute));
    term = std::move(tested);
    return true;
}

/// `emails[type eq "work"].value eq "x"` becomes `emails[type eq "work" and value eq "x"]`.
bool Reader::narrow(Filter& path)
{
    if (!state_.syntax().sub_attribute_after_value_path || !skip(dot))
        return true;
    Filter more;
    if (!take(sub_attribute_test, Expected::sub_attribute_name, more))
        return false;
    append<Conjunction>(std::get<ValuePath>(path.node).filter.front(), std::move(more));
    return true;
}

/// Ends the innermost bracket: what it has is a term of what is around it.
bool Reader::close(Filter& term)
{
    if (!ends())
        return false;
    OpenBracket done = std::move(open_.back());
    open_.pop_back();
    switch (done.kind)
    {
    case OpenBracket::Kind::negation:
        term.node.emplace<Negation>().operand.push_back(std::move(*done.any));
        return true;
    case OpenBracket::Kind::elements:
        term = std::move(done.path);
        std::get<ValuePath>(term.node).filter.push_back(std::move(*done.any));
        return narrow(term);
    default:
        term = std::move(*done.any);
        return true;
    }
}

/// All that stands in the bracket that is open now, or outside of all, with the brackets in it; not its end.
bool Reader::read_within(Filter& filter)
{
    auto const depth = open_.size();
    for (;;)
    {
        bool const is_group = skip(x3::lit('('));
        if (is_group || skip(not_group))
        {
            if (!opens(is_group ? OpenBracket::Kind::group : OpenBracket::Kind::negation))
                return false;
            continue;
        }
        Filter term;
        if (!take(attribute_path, Expected::expression, term.node.emplace<ValuePath>().attribute))
            return false;
        if (opens_elements())
        {
            if (!opens(OpenBracket::Kind::elements, std::move(term)))
                return false;
            continue;
        }
        if (!read_test(term))
            return false;
        for (;;)
        {
            open_.back().add(std::move(term));
            if (skip(both))
                break;
            bool const goes_on = skip(either);
            open_.back().end_alternative();
            if (goes_on)
                break;
            if (open_.size() == depth)
            {
                filter = std::move(*open_.back().any);
                return true;
            }
            if (!close(term))
                return false;
        }
    }
}

bool Reader::read(Filter& filter)
{
    open_.emplace_back();
    return read_within(filter);
}

bool Reader::read(Path& path)
{
    if (!take(attribute_path, Expected::path, path.attribute))
        return false;
    if (!opens_elements())
        return true;
    if (!opens(OpenBracket::Kind::elements) || !read_within(path.filter.emplace_back()) || !ends())
        return false;
    if (!skip(dot))
        return true;
    auto const set = [&path](auto& context) { path.sub_attribute = to_text(x3::_attr(context)); };
    if (skip(name[set]))
        return true;
    state_.fail(first_, Expected::sub_attribute_name);
    return false;
}

Error too_long(ErrorCode code, std::string_view what, std::size_t limit)
{
    std::string detail = "The ";
    detail += what;
    detail += " is longer than the limit of " + std::to_string(limit) + " bytes.";
    return {.code = code,
            .detail = std::move(detail),
            .requirement = code == ErrorCode::invalid_path ? "7644-3.5.2-g" : "7644-3.4.2.2-as"};
}

} // namespace

result<Filter> parse_filter(std::string_view text, FilterSyntax const& syntax)
{
    if (text.size() > syntax.max_bytes)
        return too_long(ErrorCode::invalid_filter, "filter", syntax.max_bytes);
    ParseState state{text, syntax};
    result<Filter> parsed{Filter{}};
    if (Reader reader{text, state}; !reader.read(*parsed) || !reader.ends_here(Expected::end_of_filter))
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
    if (Reader reader{text, state}; !reader.read(*parsed) || !reader.ends_here(Expected::end_of_path))
        return state.path_error();
    return parsed;
}

} // namespace scimkit
