// What an engine need not do itself.
#include <scimkit/kv/engine.hpp>

namespace scimkit::kv
{

result<void> Engine::write_before(std::chrono::steady_clock::time_point, function_ref<result<void>(Writer&)> body)
{
    return write(body);
}

result<void> Engine::copy_to(std::filesystem::path const&)
{
    return Error{ErrorCode::not_implemented, "The store cannot copy itself."};
}

} // namespace scimkit::kv
