// From a PatchOp message to operations: a value without path is one operation for each of its members.
#include "patch_decode.hpp"

#include <algorithm>

namespace scimkit::model
{
namespace
{

class Decoder
{
public:
    Decoder(Type const& type, Mode mode)
        : type_(type)
        , mode_(mode)
    {
    }

    void add(json::object const& message)
    {
        op_ = read_op(message);
        first_ = operations.size();
        auto const* path = message.if_contains("path");
        auto const* value = message.if_contains("value");
        if (op_ == PatchOp::remove && !path)
            throw Refusal{400, "noTarget"};
        if (op_ != PatchOp::remove && !value)
            throw Refusal{400, "invalidValue"};
        if (!path)
            return add_members(*value);
        auto bound = parse_path(path->as_string(), type_, mode_);
        if (!bound.target.attribute && op_ != PatchOp::remove)
            return add_extension(*bound.target.extension, *value);
        push(std::move(bound), value, false);
    }

    std::vector<Operation> operations{};

private:
    PatchOp read_op(json::object const& message) const
    {
        auto const* op = message.if_contains("op");
        auto const* text = op ? op->if_string() : nullptr;
        for (auto const& [name, meaning] : {std::pair<std::string_view, PatchOp>{"add", PatchOp::add},
                                            {"replace", PatchOp::replace},
                                            {"remove", PatchOp::remove}})
            if (text && (*text == name || (mode_ == Mode::tolerant && equal_names(*text, name))))
                return meaning;
        throw Refusal{400, "invalidSyntax"};
    }

    void add_members(json::value const& value)
    {
        auto const* members = value.if_object();
        auto const* array = value.if_array();
        if (!members && mode_ == Mode::tolerant && array && array->size() == 1)
            members = array->front().if_object();
        if (!members)
            throw Refusal{400, "invalidValue"};
        for (auto const& [name, member] : *members)
        {
            if (auto const root = find_root(name, type_))
                if (root->attribute)
                    push_once({.target = *root}, member);
                else
                    add_extension(*root->extension, member);
            else
                add_dotted(std::string{name}, member);
        }
    }

    void add_extension(Schema const& extension, json::value const& value)
    {
        if (value.is_null())
        {
            if (op_ == PatchOp::replace)
                operations.push_back({.op = PatchOp::remove, .path = {.target = {.extension = &extension}}});
            return;
        }
        if (!value.is_object())
            throw Refusal{400, "invalidValue"};
        Names names;
        for (auto const& [name, member] : value.get_object())
            if (auto const* attribute = extension.find(name))
            {
                push_once({.target = {.extension = &extension, .attribute = attribute}}, member);
                names.add(true, member);
            }
            else
                names.add(add_dotted(extension.uri + ':' + std::string{name}, member), member);
        names.check();
    }

    /// A key that is a path, or (false) one that nobody knows.
    bool add_dotted(std::string const& name, json::value const& value)
    {
        if (mode_ == Mode::strict)
            throw Refusal{400, "invalidSyntax"};
        try
        {
            auto path = parse_path(name, type_, mode_);
            if (!path.target.attribute)
                return false;
            push_once(std::move(path), value);
            return true;
        }
        catch (Refusal const& refusal)
        {
            if (refusal.scim_type == "invalidFilter" || goes_on_behind_known(name))
                throw;
        }
        return false;
    }

    /// An attribute that there is stands before a dot or a bracket: nobody else's key.
    bool goes_on_behind_known(std::string const& name) const
    {
        for (auto at = name.find_first_of(".["); at != std::string::npos; at = name.find_first_of(".[", at + 1))
            if (auto const root = find_root(name.substr(0, at), type_); root && root->attribute)
                return true;
        return false;
    }

    void push_once(Path path, json::value const& value)
    {
        // Two keys for one target in one value, whole or in part: which one is meant?
        if (std::any_of(operations.begin() + static_cast<std::ptrdiff_t>(first_), operations.end(),
                        [&](Operation const& each)
                        {
                            auto const& one = each.path.target;
                            bool const meets = one.sub == path.target.sub || !one.sub || !path.target.sub;
                            return each.implicit && one.attribute == path.target.attribute && meets &&
                                   !(each.path.filter && path.filter);
                        }))
            throw Undecided{};
        push(std::move(path), &value, true);
    }

    void push(Path path, json::value const* value, bool implicit)
    {
        operations.push_back({.op = op_,
                              .path = std::move(path),
                              .value = value ? *value : json::value{},
                              .has_value = value && !value->is_null(),
                              .implicit = implicit});
    }

    Type const& type_;
    Mode mode_;
    PatchOp op_ = PatchOp::add;
    std::size_t first_ = 0; ///< of the operations that the message at hand came to
};

} // namespace

std::vector<Operation> decode_patch(json::value const& body, Type const& type, Mode mode)
{
    auto const* message = body.if_object();
    auto const* operations = message ? message->if_contains("Operations") : nullptr;
    if (!operations || !operations->is_array() || operations->get_array().empty())
        throw Refusal{400, "invalidSyntax"};
    Decoder decoder{type, mode};
    for (json::value const& operation : operations->get_array())
        decoder.add(operation.as_object());
    return std::move(decoder.operations);
}

} // namespace scimkit::model
