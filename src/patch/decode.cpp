// From a PatchOp message (RFC 7644 section 3.5.2) to one operation for each target: afterwards nothing depends on how a
// client spelt it.
#include <scimkit/core/function_ref.hpp>
#include <scimkit/core/text.hpp>

#include "../core/repeated_names.hpp"
#include "../resource/canonical_parts.hpp"
#include "../resource/kept.hpp"
#include "../resource/quoted.hpp"
#include "edit.hpp"
#include "known_names.hpp"
#include "patch.hpp"
#include "special_targets.hpp"
#include "targets.hpp"

#include <algorithm>

namespace scimkit
{

namespace
{

constexpr std::string_view patch_op_uri = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

Error bad_syntax(std::string detail, std::string_view row)
{
    return {.code = ErrorCode::invalid_syntax, .detail = std::move(detail), .requirement = row};
}

// A member by its name in any letter case, null pointer if absent.
json::value const* member_of(json::object const& object, std::string_view name)
{
    for (auto const& [key, value] : object)
        if (equal_ascii_ignoring_case(key, name))
            return &value;
    return nullptr;
}

result<void> check_message(json::value const* schemas, PatchOptions const& options)
{
    auto const* uris = schemas ? schemas->if_array() : nullptr;
    auto const is_uri = [](json::value const& uri)
    { return uri.is_string() && equal_ascii_ignoring_case(uri.get_string(), patch_op_uri); };
    if (!uris || std::none_of(uris->begin(), uris->end(), is_uri) ||
        (!options.canonical.ignore_unknown_schemas && !std::all_of(uris->begin(), uris->end(), is_uri)))
    {
        bool const is_there = uris && std::any_of(uris->begin(), uris->end(), is_uri);
        return bad_syntax("schemas: a PATCH has to be [\"" + std::string{patch_op_uri} + "\"].", "7644-3.5.2-b")
            .allowed_by(is_there ? "ignore-unknown-schemas=on" : "");
    }
    return {};
}

// Decodes one member of `Operations` after the other.
class Decoder
{
public:
    Decoder(ResourceType const& type, PatchOptions const& options)
        : type_(type)
        , options_(options)
    {
    }

    result<void> decode(json::value const& operation, std::size_t position)
    {
        position_ = position;
        auto const* members = operation.if_object();
        if (!members)
            return bad_syntax("An operation has to be an object.", "7644-3.5.2-c");
        if (auto once = check_repeated_names(*members); !once)
            return once;
        auto const* path = member_of(*members, "path");
        auto const* value = member_of(*members, "value");
        auto const op = read_op(member_of(*members, "op"));
        if (!op)
            return op.error();
        op_ = *op;
        bool const has_path = path && !path->is_null();
        if (!has_path && !options_.pathless_operations)
            return bad_syntax("An operation needs a path.", "7644-3.5.2-j").allowed_by("pathless-operations=on");
        if (op_ == PatchOp::remove && !has_path)
            return Error{ErrorCode::no_target, "A remove needs a path."}.against("7644-3.5.2.2-a");
        if (op_ != PatchOp::remove && !value)
            return Error{ErrorCode::invalid_value, "An add or replace needs a value."}.against(
                op_ == PatchOp::add ? "7644-3.5.2.1-a" : "7644-3.5.2.3-m");
        if (has_path)
            return decode_path(*path, value);
        return decode_members(*value);
    }

    std::vector<PatchOperation> finish() && { return std::move(operations_); }

private:
    static Error unknown_op() { return bad_syntax("op: expected \"add\", \"remove\" or \"replace\".", "7644-3.5.2-e"); }

    result<PatchOp> read_op(json::value const* op) const
    {
        if (op && op->is_string())
        {
            std::string_view const name = op->get_string();
            for (auto const& [keyword, meaning] :
                 {std::pair{"add", PatchOp::add}, {"remove", PatchOp::remove}, {"replace", PatchOp::replace}})
            {
                bool const is_meant = equal_ascii_ignoring_case(name, keyword);
                if (is_meant && !options_.op_letter_case && name != keyword)
                    return unknown_op().allowed_by("op-letter-case=on");
                if (is_meant)
                    return meaning;
            }
        }
        return unknown_op();
    }

    result<BoundPath> read_path(std::string_view text) const
    {
        auto path = parse_path(text, options_.filter);
        if (!path)
            return path.error();
        return bind(*path, type_, options_.bind);
    }

    // A path that there would be, if SchemaRegistry::Builder::keep_only() had left its attributes.
    bool names_what_is_not_kept(std::string_view text) const
    {
        auto const* whole = type_.before_keep_only();
        if (!whole)
            return false;
        auto const path = parse_path(text, options_.filter);
        return path && bind(*path, *whole, options_.bind);
    }

    static Error not_kept(std::string_view text)
    {
        return {.code = ErrorCode::invalid_path,
                .detail = quoted_name(text) + " names what this service provider does not keep.",
                .setting = "ignore-unkept-paths=on"};
    }

    result<void> decode_path(json::value const& text, json::value const* value)
    {
        if (!text.is_string())
            return bad_syntax("path: expected a string.", "7644-3.5.2-g");
        if (op_ != PatchOp::remove &&
            type_.is_base_schema(text.get_string(), options_.canonical.names.legacy_schema_uris))
        {
            if (!options_.pathless_operations)
                return bad_syntax("path: it has to name an attribute.", "7644-3.5.2-j")
                    .allowed_by("pathless-operations=on");
            Targets targets;
            return decode_base(*value, targets);
        }
        auto path = read_path(text.get_string());
        if (!path && names_what_is_not_kept(text.get_string()))
            return options_.ignore_unkept_paths ? result<void>{} : not_kept(text.get_string());
        if (!path)
            return path.error();
        if (auto fine = check_target(*path); !fine)
            return fine;
        if (op_ == PatchOp::remove)
            return decode_removal(std::move(*path), value && !value->is_null() ? value : nullptr);
        if (!path->attribute.attribute)
        {
            Targets targets;
            return decode_extension(*path->attribute.schema, *value, targets);
        }
        push(std::move(*path), *value, false);
        return {};
    }

    // A filter says which element, and a name what of it is meant.
    result<void> check_target(BoundPath const& path) const
    {
        if (options_.filtered_elements || path.filter.empty() || path.attribute.sub_attribute)
            return {};
        return patch_fault(path.attribute, ErrorCode::invalid_path, "a path with a filter has to name a sub-attribute")
            .allowed_by("filtered-elements=on");
    }

    // The RFC's remove has no value. Where a client gives one, it means nothing else, so nothing else may go. No answer
    // tells whether it is what is never returned.
    result<void> decode_removal(BoundPath path, json::value const* value)
    {
        auto const& target = path.attribute;
        bool const is_list = target.attribute && target.leaf().multi_valued;
        bool const is_many = !target.attribute || (target.attribute->multi_valued && path.filter.empty());
        bool const is_said = value && (is_list || is_many || !has_nothing_to_say(*value));
        bool const is_hidden = is_never_returned(target);
        if (is_said && !is_common(target, "schemas") && (is_hidden || (is_list ? !options_.remove_by_value : is_many)))
            return patch_fault(target, ErrorCode::invalid_value,
                               is_hidden ? "a remove of it takes no value"
                                         : "a remove takes no value; a filter in the path says what is to be removed")
                .against("7644-3.5.2.2-n")
                .allowed_by(is_list && !is_hidden ? "remove-by-value=on" : "");
        push(std::move(path), is_said ? *value : json::value{}, false);
        return {};
    }

    // The object that a value has to be, or the only element of an array where that is taken for it.
    json::object const* object_of(json::value const& value) const noexcept
    {
        auto const* array = options_.array_for_single ? value.if_array() : nullptr;
        return array && array->size() == 1 ? array->front().if_object() : value.if_object();
    }

    static bool is_one_object(json::value const& value) noexcept
    {
        auto const* array = value.if_array();
        return array && array->size() == 1 && array->front().is_object();
    }

    result<void> decode_members(json::value const& value)
    {
        auto const* members = object_of(value);
        if (!members)
            return Error{.code = ErrorCode::invalid_value,
                         .detail = "value: expected an object of attributes, since there is no path.",
                         .setting = is_one_object(value) ? "array-for-single=on" : "",
                         .requirement = "7644-3.5.2.1-c"};
        Targets targets;
        for (auto const& [name, member] : *members)
            if (auto const decoded = decode_member(name, member, targets); !decoded)
                return decoded.error();
        return {};
    }

    // The members of a schema's object. Unknown ones come to no operation; but not all of them may.
    result<void> decode_each(json::object const& members, std::string_view schema,
                             function_ref<result<bool>(std::string_view, json::value const&)> decode_one)
    {
        Kept kept;
        for (auto const& [name, member] : members)
        {
            auto const is_known = decode_one(name, member);
            if (!is_known)
                return is_known.error();
            kept.count(*is_known, member);
        }
        return kept.judge(schema);
    }

    // The answer of these: whether the name is known.
    static result<bool> known(result<void> const& decoded)
    {
        return decoded ? result<bool>{true} : result<bool>{decoded.error()};
    }

    result<bool> decode_member(std::string_view name, json::value const& value, Targets& targets)
    {
        if (auto const member = find_member(name, type_, options_.canonical.names))
        {
            return known(member->attribute      ? push_once({.attribute = *member, .filter = {}}, value, targets)
                         : member->in_extension ? decode_extension(*member->schema, value, targets)
                                                : decode_base(value, targets));
        }
        return decode_other_name(name, value, targets);
    }

    // A name that is none of the resource type's: perhaps a path.
    result<bool> decode_other_name(std::string_view name, json::value const& value, Targets& targets)
    {
        if (options_.dotted_keys)
        {
            auto path = read_path(name);
            if (path && path->attribute.attribute)
                return known(push_once(std::move(*path), value, targets));
            // A bad filter is the client's mistake, not a name that belongs to somebody else.
            if (!path && path.error().code == ErrorCode::invalid_filter)
                return path.error();
        }
        return unknown(name);
    }

    result<bool> unknown(std::string_view name) const
    {
        auto const passed = pass_unknown_member(name, type_, options_.canonical);
        auto const path = read_path(name);
        if (passed && (!leads_into_known(name, type_, options_.bind.names) || names_what_is_not_kept(name)))
            return false;
        if (passed && !path) // it is a path to what there is, and no tolerance may lose what was sent for that
            return path.error();
        Error fault = passed ? bad_syntax(quoted_name(name) + " is a path, where a name is expected.", "7644-3.5.2.1-d")
                             : passed.error();
        return path && !options_.dotted_keys ? std::move(fault).allowed_by("dotted-keys=on") : fault;
    }

    static Error no_object(Schema const& schema, std::string_view what)
    {
        return Error{ErrorCode::invalid_value,
                     schema.id + ": expected an object with the " + std::string{what} + "'s attributes.", schema.id};
    }

    // The base schema's attributes in an object under its URI, as extensions have theirs.
    result<void> decode_base(json::value const& value, Targets& targets)
    {
        auto const& schema = type_.schema();
        auto const* members = object_of(value);
        if (!members)
            return no_object(schema, "schema");
        return decode_each(*members, schema.id,
                           [&](std::string_view name, json::value const& member)
                           {
                               auto const attribute = type_.find_root_attribute(name);
                               return attribute
                                          ? known(push_once({.attribute = *attribute, .filter = {}}, member, targets))
                                          : decode_other_name(name, member, targets);
                           });
    }

    result<void> decode_extension(Schema const& schema, json::value const& value, Targets& targets)
    {
        AttributeRef const extension{.schema = &schema, .in_extension = true};
        bool const emptied = value.is_null() && op_ == PatchOp::replace;
        if (auto const wrong = targets.insert_extension(extension, emptied); !wrong.empty())
            return bad_syntax(schema.id + std::string{wrong}, "7643-2.1-f");
        if (value.is_null())
        {
            if (op_ == PatchOp::replace)
                operations_.push_back({.op = PatchOp::remove,
                                       .path = {.attribute = extension, .filter = {}},
                                       .value = {},
                                       .implicit = true,
                                       .position = position_});
            return {};
        }
        auto const* members = object_of(value);
        if (!members)
            return no_object(schema, "extension");
        return decode_each(*members, schema.id,
                           [&](std::string_view name, json::value const& member)
                           { return decode_extension_member(schema, name, member, targets); });
    }

    result<bool> decode_extension_member(Schema const& schema, std::string_view name, json::value const& value,
                                         Targets& targets)
    {
        if (auto const* attribute = schema.find_attribute(name))
            return known(push_once({.attribute = {&schema, attribute, nullptr, true}, .filter = {}}, value, targets));
        if (options_.dotted_keys)
        {
            auto path = read_path(schema.id + ':' + std::string{name});
            if (path && path->attribute.attribute)
                return known(push_once(std::move(*path), value, targets));
        }
        return unknown(schema.id + ':' + std::string{name});
    }

    result<void> push_once(BoundPath path, json::value const& value, Targets& targets)
    {
        if (auto fine = check_target(path); !fine)
            return fine;
        bool const merges = op_ == PatchOp::add || options_.replace_merges;
        if (auto const wrong = targets.insert(path, value, merges); !wrong.empty())
            return bad_syntax(path.attribute.path() + std::string{wrong}, "7643-2.1-f");
        push(std::move(path), value, true);
        return {};
    }

    void push(BoundPath path, json::value const& value, bool implicit)
    {
        operations_.push_back(
            {.op = op_, .path = std::move(path), .value = value, .implicit = implicit, .position = position_});
    }

    ResourceType const& type_;
    PatchOptions const& options_;
    PatchOp op_ = PatchOp::add;
    std::size_t position_ = 0;
    std::vector<PatchOperation> operations_;
};

} // namespace

result<std::vector<PatchOperation>> decode_patch(json::value const& body, ResourceType const& type,
                                                 PatchOptions const& options)
{
    auto const* message = body.if_object();
    if (!message)
        return bad_syntax("The body has to be a JSON object.", "7644-3.5.2-b");
    if (auto once = check_repeated_names(*message); !once)
        return std::move(once).error();
    if (auto fine = check_message(member_of(*message, "schemas"), options); !fine)
        return fine.error();
    auto const* member = member_of(*message, "Operations");
    auto const* operations = member ? member->if_array() : nullptr;
    if (!operations || operations->empty())
        return bad_syntax("Operations: expected an array of one or more operations.", "7644-3.5.2-c");
    if (operations->size() > options.max_operations)
        return Error{ErrorCode::too_many,
                     "Operations: there are more than " + std::to_string(options.max_operations) + "."};
    Decoder decoder(type, options);
    for (std::size_t i = 0; i < operations->size(); ++i)
        if (auto decoded = decoder.decode((*operations)[i], i); !decoded)
            return at_operation(decoded.error(), i);
    return std::move(decoder).finish();
}

} // namespace scimkit
