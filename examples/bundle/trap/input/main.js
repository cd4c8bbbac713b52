document.title = "Rain";
