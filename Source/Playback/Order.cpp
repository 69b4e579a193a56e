// SPDX-License-Identifier: Apache-2.0
#include "Playback/Order.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace tableread::playback
{
std::vector<std::size_t> orderFrom (ModelSamples playhead, std::span<const Place> places)
{
    std::vector<std::size_t> order (places.size());
    std::iota (order.begin(), order.end(), std::size_t { 0 });
    std::sort (order.begin(), order.end(), [&] (std::size_t a, std::size_t b) {
        const auto key = [&] (std::size_t index) {
            const auto& place = places[index];
            return std::tuple (place.end() <= playhead, place.start, index);
        };
        return key (a) < key (b);
    });
    return order;
}
} // namespace tableread::playback
