// A recursive-descent reader of filters and paths.
#include "filter.hpp"
#include "text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace scimkit::model
{
namespace
{

Refusal const bad_filter{400, "invalidFilter"};
Refusal const bad_path{400, "invalidPath"};

constexpr std::array comparisons{"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"};

bool is_part_of(std::string_view op) { return op == "co" || op == "sw" || op == "ew"; }
bool is_equality(std::string_view op) { return op == "eq" || op == "ne"; }

class Parser
{
public:
    Parser(std::string_view text, Type const& type, Mode mode, Secret secret, bool lenient = false)
        : text_(text)
        , type_(type)
        , mode_(mode)
        , secret_(secret)
        , lenient_(lenient)
    {
    }

    Filter whole()
    {
        Filter filter = disjunction();
        if (!text_.empty())
            throw bad_filter;
        return filter;
    }

    Path path()
    {
        auto const name = take_name(); // up to a bracket or the end
        Path path;
        if (auto const target = find_attribute(name, type_, mode_))
            path.target = *target;
        else if (auto const root = find_root(name, type_); root && text_.empty())
            path.target = *root;
        else
            throw bad_path;
        if (text_.empty())
            return path;
        if (path.target.sub || (!path.target.attribute->multi && path.target.attribute->kind != Kind::complex))
            throw bad_path;
        path.filter = bracketed(path.target);
        if (text_.empty())
            return path;
        if (!text_.starts_with('.'))
            throw bad_path;
        path.target.sub = path.target.attribute->sub(text_.substr(1));
        if (!path.target.sub)
            throw bad_path;
        return path;
    }

private:
    bool take(std::string_view word)
    {
        if (text_.size() < word.size() || !equal_names(text_.substr(0, word.size()), word))
            return false;
        text_.remove_prefix(word.size());
        return true;
    }

    std::string_view take_name()
    {
        auto const end = std::min(text_.find_first_of(" [])"), text_.size());
        auto const name = text_.substr(0, end);
        text_.remove_prefix(end);
        return name;
    }

    Filter disjunction() { return joined(" or ", &Parser::conjunction); }
    Filter conjunction() { return joined(" and ", &Parser::term); }

    Filter joined(std::string_view word, Filter (Parser::*operand)())
    {
        Filter all{.op = std::string{word.substr(1, word.size() - 2)}};
        all.operands.push_back((this->*operand)());
        while (take(word))
            all.operands.push_back((this->*operand)());
        return all.operands.size() == 1 ? Filter{all.operands.front()} : all;
    }

    Filter term()
    {
        if (take("not (") || take("not("))
        {
            Filter negated{.op = "not"};
            negated.operands.push_back(in_brackets());
            return negated;
        }
        if (take("("))
            return in_brackets();
        return test();
    }

    Filter in_brackets()
    {
        Filter inner = disjunction();
        if (!take(")"))
            throw bad_filter;
        return inner;
    }

    Filter bracketed(Target const& element)
    {
        if (element_ || !take("["))
            throw bad_filter;
        element_ = &element;
        Filter filter{.op = element.attribute ? "[]" : "false", .target = element};
        filter.operands.push_back(disjunction());
        element_ = nullptr;
        if (!take("]"))
            throw bad_filter;
        return filter;
    }

    Target resolve(std::string_view name) const
    {
        std::optional<Target> target;
        if (!element_)
            target = find_attribute(name, type_, mode_);
        else if (!element_->attribute)
            return {}; // of nothing there is nothing
        else if (element_->attribute->kind == Kind::complex)
        {
            target = *element_;
            target->sub = element_->attribute->sub(name);
            if (!target->sub)
                target.reset();
        }
        else if (equal_names(name, "value"))
            target = *element_;
        if (!target && lenient_)
            return {};
        if (!target || !target->attribute)
            throw bad_filter;
        if (target->attribute->shown == Shown::never || target->leaf().shown == Shown::never)
            throw secret_ == Secret::forbidden ? Refusal{403, "sensitive"} : bad_filter;
        return *target;
    }

    Filter test()
    {
        Target target = resolve(take_name());
        if (text_.starts_with('['))
            return value_path(target);
        if (take(" pr"))
            return {.op = target.attribute ? "pr" : "false", .target = target};
        for (std::string_view const op : comparisons)
        {
            auto const before = text_;
            if (take(" ") && take(op) && take(" "))
                return comparison(target, std::string{op});
            text_ = before;
        }
        throw bad_filter;
    }

    Filter value_path(Target const& target)
    {
        bool const is_nothing = target.attribute == nullptr;
        if (!is_nothing && (target.sub || (!target.attribute->multi && target.attribute->kind != Kind::complex)))
            throw bad_filter;
        Filter filter = bracketed(target);
        if (!text_.starts_with('.'))
            return filter;
        if (mode_ == Mode::strict) // filter-sub-attribute-after-value-path
            throw bad_filter;
        text_.remove_prefix(1);
        element_ = &target;
        Filter rest = test();
        element_ = nullptr;
        Filter both{.op = "and"};
        both.operands = {filter.operands.front(), rest};
        filter.operands = {both};
        return filter;
    }

    json::value literal()
    {
        if (text_.starts_with('"'))
        {
            std::size_t end = 1;
            while (end < text_.size() && text_[end] != '"')
                end += text_[end] == '\\' ? 2 : 1;
            if (end >= text_.size())
                throw bad_filter;
            boost::system::error_code not_json;
            json::value const value = json::parse(text_.substr(0, end + 1), not_json);
            if (not_json)
                throw bad_filter;
            text_.remove_prefix(end + 1);
            return value;
        }
        auto const word = take_name();
        if (equal_names(word, "null"))
            return {};
        if (word == "true" || word == "false")
            return word == "true";
        std::int64_t whole = 0;
        if (auto const [end, error] = std::from_chars(word.data(), word.data() + word.size(), whole);
            error == std::errc{} && end == word.data() + word.size())
            return whole;
        double number = 0;
        if (auto const [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
            end != word.data() + word.size() || (error != std::errc{} && error != std::errc::result_out_of_range))
            throw bad_filter;
        return number;
    }

    Filter comparison(Target target, std::string op)
    {
        Filter filter{.op = std::move(op), .target = target, .literal = literal()};
        bool const within_nothing = element_ && !element_->attribute;
        if (filter.literal.is_null() && !is_equality(filter.op) && !within_nothing)
            throw bad_filter;
        if (!target.attribute) // without a value only `eq null` and `ne` hold
            return {.op = (filter.op == (filter.literal.is_null() ? "eq" : "ne")) ? "true" : "false"};
        if (target.leaf().kind == Kind::complex && !filter.literal.is_null())
        {
            filter.target.sub = target.attribute->sub("value"); // emails co "x", as RFC 7644's own example has it
            if (!filter.target.sub)
                throw bad_filter;
        }
        if (!filter.literal.is_null())
            check_literal(filter);
        return filter;
    }

    void check_literal(Filter& filter) const
    {
        json::value& literal = filter.literal;
        bool fits = false;
        switch (filter.target.leaf().kind)
        {
        case Kind::text:
        case Kind::reference:
            fits = literal.is_string();
            break;
        case Kind::binary:
            fits = literal.is_string() && is_equality(filter.op);
            break;
        case Kind::boolean:
            if (literal.is_string() && mode_ == Mode::tolerant)
                if (bool const yes = equal_names(literal.get_string(), "true");
                    yes || equal_names(literal.get_string(), "false"))
                    literal = yes;
            fits = literal.is_bool() && is_equality(filter.op);
            break;
        case Kind::integer:
        case Kind::decimal:
            fits = literal.is_number() && !is_part_of(filter.op);
            break;
        case Kind::instant:
            fits = literal.is_string() && instant_of(literal.get_string()) && !is_part_of(filter.op);
            break;
        case Kind::complex:
            break;
        }
        if (!fits)
            throw bad_filter;
    }

    std::string_view text_;
    Type const& type_;
    Mode mode_;
    Secret secret_;
    bool lenient_;
    Target const* element_ = nullptr; ///< between brackets: the attribute before them
};

/// `name` or `name.sub` among attributes.
std::optional<Target> find_dotted(std::string_view name, Schema const& schema, Schema const* extension)
{
    auto const dot = name.find('.');
    Target target{.extension = extension, .attribute = schema.find(name.substr(0, dot))};
    if (!target.attribute)
        return std::nullopt;
    if (dot == std::string_view::npos)
        return target;
    target.sub = target.attribute->sub(name.substr(dot + 1));
    return target.sub ? std::optional{target} : std::nullopt;
}

/// What stands behind a schema's URI and a colon; nothing if the name does not begin with it.
std::optional<std::string_view> after_uri(std::string_view name, std::string const& uri)
{
    if (name.size() <= uri.size() + 1 || name[uri.size()] != ':' || !equal_names(name.substr(0, uri.size()), uri))
        return std::nullopt;
    return name.substr(uri.size() + 1);
}

} // namespace

std::optional<Target> find_attribute(std::string_view name, Type const& type, Mode mode)
{
    if (auto const rest = after_uri(name, type.schema.uri))
        return find_dotted(*rest, type.schema, nullptr);
    for (Schema const& extension : type.extensions)
        if (auto const rest = after_uri(name, extension.uri))
            return find_dotted(*rest, extension, &extension);
    if (auto const common = find_dotted(name, common_attributes(), nullptr))
        return common;
    if (auto const core = find_dotted(name, type.schema, nullptr))
        return core;
    std::optional<Target> only;
    if (mode == Mode::strict || type.schema.find(name.substr(0, name.find('.'))))
        return only;
    for (Schema const& extension : type.extensions)
        if (auto const found = find_dotted(name, extension, &extension))
        {
            if (only)
                return std::nullopt;
            only = found;
        }
    return only;
}

Filter parse_filter(std::string_view text, Type const& type, Mode mode, Secret secret, bool lenient)
{
    return Parser{text, type, mode, secret, lenient}.whole();
}

Path parse_path(std::string_view text, Type const& type, Mode mode)
{
    return Parser{text, type, mode, Secret::forbidden}.path();
}

} // namespace scimkit::model
