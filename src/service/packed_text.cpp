// Most that a service does is to show what is stored, and most of that is shown as it is: names and values go from the
// record into the answer. What the schemas do not have, or the projection hides, is passed over; the bytes are not
// trusted.
#include "packed_text.hpp"

#include <scimkit/core/json.hpp>

#include "../core/bytes.hpp"
#include "../membership/reference_uris.hpp"
#include "../resource/names_in_order.hpp"
#include "../resource/packed_values.hpp"
#include "../resource/seen.hpp"
#include "../store/border.hpp"

#include <algorithm>

namespace scimkit::service
{
namespace
{

using Parts = std::vector<Attribute const*>;

class PackedText
{
public:
    PackedText(JsonText& out, std::string_view bytes, Projection const& projection, TypePlan const& plan,
               ServiceState const& state)
        : out_(out)
        , in_(bytes)
        , projection_(projection)
        , plan_(plan)
        , rules_(state.memberships)
    {
    }

    void write(std::vector<Schema const*>& extensions);

    bool damaged() const noexcept { return damaged_; }
    /// The attribute that is not what the store should have returned; empty if all is well.
    std::string_view malformed() const noexcept { return malformed_; }

private:
    bool fails() const noexcept { return damaged_ || !malformed_.empty(); }

    /// The number of elements or members that follow; 0 if there cannot be so many.
    std::uint64_t take_count()
    {
        std::uint64_t count = 0;
        damaged_ = damaged_ || !scimkit::take_count(in_, count);
        return damaged_ ? 0 : count;
    }

    std::string_view take_name()
    {
        std::string_view name;
        damaged_ = damaged_ || !take_string(in_, name);
        return name;
    }

    std::optional<PackedTag> tag()
    {
        auto const next = next_tag(in_);
        damaged_ = damaged_ || !next;
        return next;
    }

    void skip() { damaged_ = damaged_ || !skip_packed(in_); }
    void write_as_it_is() { damaged_ = damaged_ || !write_packed(out_, in_); }
    /// The same of what has this tag. Most are texts, and these need no further look.
    void write_as_it_is(std::optional<PackedTag> next)
    {
        if (next != PackedTag::string)
            return write_as_it_is();
        std::string_view text;
        in_.remove_prefix(1);
        damaged_ = damaged_ || !take_string(in_, text);
        out_.add_string(text);
    }

    /// Names of attributes have nothing that JSON escapes.
    void write_name(std::string_view name, char separator = ',') { out_.add_name(separator, name); }

    ReferenceAttribute const* reference_of(Attribute const& attribute) const noexcept
    {
        for (ReferenceAttribute const& reference : plan_.references())
            if (reference.attribute.attribute == &attribute && shows(projection_, reference, reference.uri_attribute))
                return &reference;
        return nullptr;
    }

    bool is_extension(std::string_view name, std::vector<Schema const*>& extensions);
    void write_common(Attribute const& attribute);
    /// False if nothing of it is shown.
    bool write_attribute(Attribute const& attribute, char separator = ',');
    void write_extension(Schema const& extension);

    /// These append a value as far as it is shown; false if nothing of it is.
    bool write_value(Attribute const& attribute, Parts const* parts, ReferenceAttribute const* reference, int depth);
    bool write_array(Attribute const& attribute, Parts const* parts, ReferenceAttribute const* reference, int depth);
    bool write_object(Attribute const& attribute, Parts const* parts, ReferenceAttribute const* reference);
    std::string uri_of_next(Attribute const& attribute, ReferenceAttribute const& reference) const;

    JsonText& out_;
    std::string_view in_;
    Projection const& projection_;
    TypePlan const& plan_;
    membership::Rules const& rules_;
    std::string_view malformed_{};
    bool damaged_ = false;
};

void PackedText::write(std::vector<Schema const*>& extensions)
{
    ResourceType const& type = *plan_.type;
    NamesInOrder names{type.schema().attributes};
    Seen seen{type.schema().attributes};
    for (auto count = take_count(); count > 0 && !fails(); --count)
    {
        auto const name = take_name();
        if (auto const* attribute = names.find(name))
        {
            damaged_ = damaged_ || !seen.insert(*attribute);
            write_attribute(*attribute);
        }
        else if (is_extension(name, extensions))
            write_extension(*extensions.back());
        else if (auto const common = type.find_root_attribute(name); common && common->attribute->name == name)
            write_common(*common->attribute);
        else
            skip();
    }
    damaged_ = damaged_ || (malformed_.empty() && !in_.empty());
}

/// Whether that is an extension with data, which is noted then.
bool PackedText::is_extension(std::string_view name, std::vector<Schema const*>& extensions)
{
    for (auto const& extension : plan_.type->extensions())
    {
        if (extension.schema->id != name)
            continue;
        constexpr std::string_view nothing{"\x08\x00", 2};
        if (tag() != PackedTag::object || in_.starts_with(nothing))
            return false;
        damaged_ = damaged_ || std::ranges::find(extensions, extension.schema) != extensions.end();
        extensions.push_back(extension.schema);
        return true;
    }
    return false;
}

/// What all resources have is nothing that the schema of one describes: its whole is shown as it is.
void PackedText::write_common(Attribute const& attribute)
{
    auto const shown = projection_.parts_of(attribute);
    if (!shown.any || shown.subs)
    {
        write_attribute(attribute);
        return;
    }
    write_name(attribute.name);
    write_as_it_is();
}

void PackedText::write_extension(Schema const& extension)
{
    auto const begin = out_.size();
    out_.add(',');
    out_.add_string(extension.id);
    out_.add(':');
    char separator = '{';
    NamesInOrder names{extension.attributes};
    Seen seen{extension.attributes};
    in_.remove_prefix(1);
    for (auto count = take_count(); count > 0 && !fails(); --count)
    {
        auto const* attribute = names.find(take_name());
        damaged_ = damaged_ || (attribute && !seen.insert(*attribute));
        if (!attribute)
            skip();
        else if (write_attribute(*attribute, separator))
            separator = ',';
    }
    if (separator == '{')
        return out_.cut(begin);
    out_.add('}');
}

bool PackedText::write_attribute(Attribute const& attribute, char separator)
{
    auto const shown = projection_.parts_of(attribute);
    if (!shown.any)
    {
        skip();
        return false;
    }
    auto const begin = out_.size();
    write_name(attribute.name, separator);
    bool const written = write_value(attribute, shown.subs, reference_of(attribute), 1);
    if (!written)
        out_.cut(begin);
    return written;
}

bool PackedText::write_value(Attribute const& attribute, Parts const* parts, ReferenceAttribute const* reference,
                             int depth)
{
    auto const next = tag();
    if (damaged_)
        return false;
    if (next == PackedTag::array)
        return write_array(attribute, parts, reference, depth);
    if (next == PackedTag::object)
        return write_object(attribute, parts, reference);
    if (reference)
        malformed_ = attribute.name;
    write_as_it_is(next);
    return true;
}

/// Arrays in arrays are not what a schema has; they are shown like others, but never in part.
bool PackedText::write_array(Attribute const& attribute, Parts const* parts, ReferenceAttribute const* reference,
                             int depth)
{
    damaged_ = damaged_ || depth > max_packed_depth;
    in_.remove_prefix(1);
    out_.add('[');
    auto const first = out_.size();
    for (auto count = take_count(); count > 0 && !fails(); --count)
    {
        bool const nested = tag() == PackedTag::array;
        auto const begin = out_.size();
        if (begin > first)
            out_.add(',');
        if (!write_value(attribute, nested ? nullptr : parts, nested ? nullptr : reference, depth + 1))
            out_.cut(begin);
        else if (nested && reference)
            malformed_ = attribute.name;
    }
    out_.add(']');
    return out_.size() > first + 1;
}

bool PackedText::write_object(Attribute const& attribute, Parts const* parts, ReferenceAttribute const* reference)
{
    auto const uri = reference ? uri_of_next(attribute, *reference) : std::string{};
    in_.remove_prefix(1);
    char separator = '{';
    NamesInOrder names{attribute.sub_attributes};
    Seen seen{attribute.sub_attributes};
    for (auto count = take_count(); count > 0 && !fails(); --count)
    {
        auto const* sub = names.find(take_name());
        damaged_ = damaged_ || (sub && !seen.insert(*sub));
        bool const computed = !uri.empty() && sub && sub->name == "$ref"; // whatever was stored once
        auto const next = sub ? tag() : std::nullopt;
        bool const shown = next && next != PackedTag::object && !computed &&
                           (!parts || std::ranges::find(*parts, sub) != parts->end());
        if (!shown)
        {
            skip();
            continue;
        }
        write_name(sub->name, separator);
        separator = ',';
        write_as_it_is(next);
    }
    if (!uri.empty())
    {
        write_name("$ref", separator);
        separator = ',';
        out_.add_string(uri);
    }
    if (separator == '{')
        return false;
    out_.add('}');
    return true;
}

/// Of the element that comes next.
std::string PackedText::uri_of_next(Attribute const& attribute, ReferenceAttribute const& reference) const
{
    std::string_view in = in_.substr(1);
    std::uint64_t count = 0;
    std::string_view value;
    std::string_view type;
    if (!take_varint(in, count))
        return {};
    for (; count > 0; --count)
    {
        std::string_view name;
        if (!take_string(in, name))
            return {};
        std::string_view* const wanted = name == "value" ? &value : name == "type" ? &type : nullptr;
        if (!wanted ||
            std::ranges::find(attribute.sub_attributes, name, &Attribute::name) == attribute.sub_attributes.end() ||
            next_tag(in) != PackedTag::string)
        {
            if (!skip_packed(in))
                return {};
            continue;
        }
        in.remove_prefix(1);
        if (!take_string(in, *wanted))
            return {};
    }
    return membership::reference_uri(value, type, reference, rules_);
}

} // namespace

bool shows(Projection const& projection, ReferenceAttribute const& reference, Attribute const* sub)
{
    AttributeRef ref = reference.attribute;
    ref.sub_attribute = sub;
    return projection.shows_sub(ref);
}

bool reads_packed(Projection const& projection, TypePlan const& plan, ServiceState const& state)
{
    if (state.options.tolerance.empty_members && !plan.type->large_attributes().empty())
        return false;
    return std::ranges::all_of(
        plan.references(),
        [&](ReferenceAttribute const& reference)
        {
            auto const has = [&](Attribute const* sub) { return shows(projection, reference, sub); };
            return !has(reference.uri_attribute) ||
                   (has(reference.value_attribute) && (!reference.type_attribute || has(reference.type_attribute)));
        });
}

result<void> write_packed_attributes(JsonText& out, Resource const& resource, Projection const& projection,
                                     TypePlan const& plan, ServiceState const& state,
                                     std::vector<Schema const*>& extensions)
{
    PackedText text{out, resource.packed.bytes(), projection, plan, state};
    text.write(extensions);
    if (text.damaged())
        return malformed_resource(*plan.type, resource.id, "attributes");
    if (!text.malformed().empty())
        return malformed_resource(*plan.type, resource.id, text.malformed());
    return {};
}

} // namespace scimkit::service
