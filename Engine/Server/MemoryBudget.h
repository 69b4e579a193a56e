// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace tableread::engine
{
/** How many bytes something may take in the whole process. Threads: any. Its shares may live longer. */
class MemoryBudget
{
    using Left = std::atomic<std::size_t>;

    static bool claim (Left& left, std::size_t bytes)
    {
        auto before = left.load();
        do
            if (before < bytes)
                return false;
        while (! left.compare_exchange_weak (before, before - bytes));
        return true;
    }

public:
    explicit MemoryBudget (std::size_t bytes) : left (std::make_shared<Left> (bytes)) {}

    /** Bytes that are taken until this is destroyed. */
    class Share
    {
    public:
        Share (std::shared_ptr<Left> budget, std::size_t size) : left (std::move (budget)), bytes (size) {}
        ~Share() { *left += bytes; }
        Share (const Share&) = delete;
        Share& operator= (const Share&) = delete;

        /** @returns false if there are not so many left. */
        bool growTo (std::size_t more)
        {
            if (more <= bytes)
                return true;
            if (! claim (*left, more - bytes))
                return false;
            bytes = more;
            return true;
        }

        void shrinkTo (std::size_t fewer)
        {
            if (fewer < bytes)
                *left += std::exchange (bytes, fewer) - fewer;
        }

    private:
        std::shared_ptr<Left> left;
        std::size_t bytes;
    };

    /** @returns nullptr if there are not so many left. */
    std::shared_ptr<Share> take (std::size_t bytes)
    {
        if (! claim (*left, bytes))
            return nullptr;
        try
        {
            return std::make_shared<Share> (left, bytes);
        }
        catch (...)
        {
            *left += bytes;
            throw;
        }
    }

private:
    std::shared_ptr<Left> left;
};
} // namespace tableread::engine
