print("file-index")
