-- Tables that grow, strings put together piece by piece, closures: realloc does most of it.
local words, seed = {}, 7
local function below(n)
    seed = (seed * 16807) % 2147483647
    return seed % n
end
for round = 1, 12 do
    local index = {}
    for i = 1, 20000 do
        local key = "k" .. below(5000)
        local list = index[key]
        if not list then
            list = {}
            index[key] = list
        end
        list[#list + 1] = { i, tostring(i), function() return i end }
    end
    local text = ""
    for i = 1, 500 do
        text = text .. below(1000) .. ","
    end
    words[round % 4 + 1] = { index, text }
    local parts = {}
    for part in text:gmatch("[^,]+") do
        parts[#parts + 1] = part:rep(3)
    end
    table.sort(parts)
    words[#words + 1] = table.concat(parts)
end
print(#words)
