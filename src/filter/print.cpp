// The canonical text of filters and paths. Parsed and bound filters have the same shape and share this printer (RFC
// 7644 section 3.4.2.2).

#include <scimkit/filter/bind.hpp>
#include <scimkit/filter/filter.hpp>

#include <array>
#include <charconv>
#include <cmath>

namespace scimkit
{

namespace
{

template <class Node>
constexpr bool is_conjunction = std::is_same_v<Node, Conjunction> || std::is_same_v<Node, BoundConjunction>;
template <class Node>
constexpr bool is_disjunction = std::is_same_v<Node, Disjunction> || std::is_same_v<Node, BoundDisjunction>;

class Printer
{
public:
    explicit Printer(std::string& out) noexcept
        : out_(out)
    {
    }

    void print(Filter const& filter) { std::visit(*this, filter.node); }
    void print(BoundFilter const& filter) { std::visit(*this, filter.node); }
    void print(AttributePath const& path);

    void operator()(Comparison const& node) { comparison(node); }
    void operator()(BoundComparison const& node) { comparison(node); }
    void operator()(Presence const& node) { presence(node); }
    void operator()(BoundPresence const& node) { presence(node); }
    void operator()(Conjunction const& node) { junction<false>(node.operands, " and "); }
    void operator()(BoundConjunction const& node) { junction<false>(node.operands, " and "); }
    void operator()(Disjunction const& node) { junction<true>(node.operands, " or "); }
    void operator()(BoundDisjunction const& node) { junction<true>(node.operands, " or "); }
    void operator()(Negation const& node) { negation(node.operand.front()); }
    void operator()(BoundNegation const& node) { negation(node.operand.front()); }
    void operator()(ValuePath const& node) { value_path(node); }
    void operator()(BoundValuePath const& node) { value_path(node); }

    // The grammar has no constants; every resource has an id.
    void operator()(BoundConstant const& node) { out_ += node.always ? "id pr" : "not (id pr)"; }

private:
    void print(AttributeRef const& attribute)
    {
        if (!in_brackets_)
            out_ += attribute.path();
        else
            out_ += attribute.sub_attribute ? std::string_view{attribute.sub_attribute->name} : "value";
    }

    void print(Literal const& literal) { std::visit(*this, literal); }
    void print(BoundLiteral const& literal) { std::visit(*this, literal); }

public:
    void operator()(std::nullptr_t) { out_ += "null"; }
    void operator()(bool value) { out_ += value ? "true" : "false"; }
    void operator()(NumberLiteral const& number) { out_ += number.text; }
    void operator()(std::string const& text) { write_json_string(out_, text); }
    void operator()(StringKey const& string) { write_json_string(out_, string.text); }
    void operator()(Instant instant) { write_json_string(out_, format_date_time(instant)); }
    void operator()(Number const& number)
    {
        std::visit([this](auto value) { print_number(value); }, number);
    }

private:
    template <class Value>
    void print_number(Value value)
    {
        if constexpr (std::is_floating_point_v<Value>)
        {
            if (std::isinf(value))
            {
                out_ += value < 0 ? "-1e400" : "1e400";
                return;
            }
        }
        std::array<char, 32> digits; // enough for 64 bits and for the shortest text of any double
        auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
        out_.append(digits.data(), end);
    }

    // What nests has small frames: these have frames of their own.
    template <class Node>
    [[gnu::noinline]] void comparison(Node const& node)
    {
        print(node.attribute);
        out_ += ' ';
        out_ += to_string(node.op);
        out_ += ' ';
        print(node.value);
    }

    template <class Node>
    [[gnu::noinline]] void presence(Node const& node)
    {
        print(node.attribute);
        out_ += " pr";
    }

    template <class Operand>
    void group(Operand const& operand)
    {
        out_ += '(';
        print(operand);
        out_ += ')';
    }

    template <class Operand>
    void negation(Operand const& operand)
    {
        out_ += "not ";
        group(operand);
    }

    /// `and` binds tighter than `or`, so an `and` may stand bare in an `or`. A group of the same kind keeps its
    /// parentheses: without them it would be read as operands of the outer one.
    template <bool BareConjunctions, class Operand>
    void junction(std::vector<Operand> const& operands, std::string_view connective)
    {
        std::string_view separator;
        for (Operand const& operand : operands)
        {
            out_ += separator;
            separator = connective;
            bool const needs_group =
                std::visit([]<class Node>(Node const&)
                           { return is_disjunction<Node> || (is_conjunction<Node> && !BareConjunctions); },
                           operand.node);
            if (needs_group)
                group(operand);
            else
                print(operand);
        }
    }

    template <class Node>
    void value_path(Node const& node)
    {
        print(node.attribute);
        out_ += '[';
        in_brackets_ = true;
        print(node.filter.front());
        in_brackets_ = false;
        out_ += ']';
    }

    std::string& out_;
    bool in_brackets_ = false;
};

void Printer::print(AttributePath const& path)
{
    if (!path.uri.empty())
    {
        out_ += path.uri;
        out_ += ':';
    }
    out_ += path.name;
    if (!path.sub_attribute.empty())
    {
        out_ += '.';
        out_ += path.sub_attribute;
    }
}

template <class Printable>
std::string printed(Printable const& printable)
{
    std::string out;
    Printer{out}.print(printable);
    return out;
}

} // namespace

std::string to_string(Filter const& filter) { return printed(filter); }
std::string to_string(BoundFilter const& filter) { return printed(filter); }
std::string to_string(AttributePath const& path) { return printed(path); }

std::string to_string(Path const& path)
{
    std::string out;
    Printer printer{out};
    printer.print(path.attribute);
    if (!path.filter.empty())
    {
        out += '[';
        printer.print(path.filter.front());
        out += ']';
    }
    if (!path.sub_attribute.empty())
    {
        out += '.';
        out += path.sub_attribute;
    }
    return out;
}

} // namespace scimkit
